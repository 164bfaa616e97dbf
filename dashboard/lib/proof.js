// The button that checks an event in this browser, and what came of it.
import { el, fill } from './dom.js';
import { announce } from './dom.js';
import { canVerify, fetchEvent, verifyEvent } from './verify.js';
import { getViewer } from './viewer.js';
import { t } from './words.js';

function checkLine({ name, ok, expected, found }) {
  const mark = ok === null ? t('not_checked') : t(ok ? 'ok' : 'not_ok');
  return el(
    'li',
    { class: ok === null ? 'check' : ok ? 'check good' : 'check bad' },
    el('strong', {}, `${mark}: `),
    t(name),
    el('code', {}, found),
    !ok && expected && el('span', {}, ` ${t('expected')}: `, el('code', {}, expected)),
  );
}

// The event before, for the link; null where the viewer may not read the log.
async function previousOf(shard, sequence) {
  if (BigInt(sequence) <= 1n || !getViewer().readsLog) return null;
  return (await fetchEvent(shard, BigInt(sequence) - 1n))?.bytes ?? null;
}

// `event`: {shard, sequence, hash (hexadecimal), bytes (base64)}.
export function proofNode(event) {
  const result = el('div', { class: 'proof', 'data-proof': 'none' });
  const told = (kind, text, checks = []) => {
    result.dataset.proof = kind;
    fill(
      result,
      el('p', { class: `banner ${kind === 'good' ? 'good' : kind === 'part' ? 'warn' : 'bad'}` }, text),
      el('ul', {}, checks.map(checkLine)),
    );
    announce(text);
  };
  const verify = async () => {
    if (!canVerify()) return told('error', t('no_crypto'));
    try {
      const checks = await verifyEvent(
        event.shard,
        event,
        event.bytes,
        await previousOf(event.shard, event.sequence),
      );
      if (checks.some(({ ok }) => ok === false)) return told('bad', t('broken'), checks);
      return checks.some(({ ok }) => ok === null)
        ? told('part', t('verified_part'), checks)
        : told('good', t('verified'), checks);
    } catch (error) {
      return told('error', error.message);
    }
  };
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, t('verify_title')),
    el('p', {}, t('verify_help')),
    el('p', {}, el('button', { type: 'button', id: 'verify', onclick: verify }, t('verify'))),
    result,
  );
}
