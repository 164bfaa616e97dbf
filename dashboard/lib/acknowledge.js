// The form by which somebody says that they have looked at a finding: an attestation in the log
// (docs/AUDIT.md). What is written or attached is not recorded, its SHA-256 is.
import { Problem, post } from './api.js';
import { newestToday } from './days.js';
import { announce, el, fill } from './dom.js';
import { hex } from './format.js';
import { getViewer } from './viewer.js';
import { canVerify } from './verify.js';
import { t } from './words.js';

export const REASONS = ['checked', 'corrected', 'explained', 'no-fault'];

const toBase64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

export async function digestOf(bytes) {
  return toBase64(await crypto.subtle.digest('SHA-256', bytes));
}

// A random UUID; crypto.randomUUID is there over https only.
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// The command's content, without its id.
export const attestationOf = (finding, reason, documentDigest, asOf) => ({
  recordAttestation: {
    cooperative: finding.cooperative,
    kind: 'finding-acknowledged',
    subject: finding.id,
    asOf,
    values: [{ name: reason, value: '1' }],
    ...(documentDigest ? { documentDigest } : {}),
  },
});

function fields() {
  const reason = el(
    'select',
    { id: 'ack-reason', required: true },
    el('option', { value: '' }, t('choose')),
    REASONS.map((name) => el('option', { value: name }, t(`reason_${name}`))),
  );
  const off = !canVerify();
  return {
    reason,
    note: el('textarea', { id: 'ack-note', rows: 3, maxlength: 4000, disabled: off }),
    file: el('input', { id: 'ack-file', type: 'file', disabled: off }),
    digest: el('output', { id: 'ack-digest', for: 'ack-note ack-file' }),
    send: el('button', { type: 'submit', id: 'ack-send' }, t('acknowledge')),
    told: el('div', { role: 'status' }),
  };
}

const labelled = (input, text, hint) =>
  el('p', { class: 'field' }, el('label', { for: input.id }, text), input, hint && el('span', { class: 'hint' }, hint));

// Bytes of the file, or of what is written; null of neither.
async function documentOf({ note, file }) {
  if (file.files[0]) return file.files[0].arrayBuffer();
  const text = note.value.trim();
  return text ? new TextEncoder().encode(text) : null;
}

// `recorded(result, id)` is called when the ledger has it.
export function acknowledgeForm(finding, recorded) {
  const parts = fields();
  // The same id while the same is sent: whoever got no answer sends again, and it counts once.
  let sent = { content: '', id: '' };
  const showDigest = async () => {
    const bytes = await documentOf(parts);
    const digest = bytes && (await digestOf(bytes));
    fill(parts.digest, digest ? [`${t('document_digest')}: `, el('code', {}, hex(digest))] : '');
    return digest;
  };
  const send = async (event) => {
    event.preventDefault();
    parts.send.disabled = true;
    fill(parts.told, el('p', {}, t('sending')));
    try {
      const content = attestationOf(finding, parts.reason.value, await showDigest(), newestToday());
      const text = JSON.stringify(content);
      if (text !== sent.content) sent = { content: text, id: randomId() };
      const result = await post('/v1/commands', { commandId: sent.id, ...content });
      fill(parts.told, el('p', { class: 'banner good' }, t('acknowledge_recorded', result)));
      announce(t('acknowledge_recorded', result));
      recorded(result, sent.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const why = error.status === 0 ? t('problem_unreachable') : error.message;
      fill(parts.told, el('p', { class: 'banner bad', role: 'alert' }, why));
    } finally {
      parts.send.disabled = false;
    }
  };
  parts.note.addEventListener('input', showDigest);
  parts.file.addEventListener('change', showDigest);
  return el(
    'form',
    { class: 'form', id: 'acknowledge', onsubmit: send, 'aria-label': t('acknowledge_title') },
    el('p', {}, `${t('acknowledge_as')}: `, el('strong', {}, getViewer().principal)),
    labelled(parts.reason, t('acknowledge_why')),
    labelled(parts.note, t('acknowledge_note'), t(canVerify() ? 'acknowledge_note_hint' : 'no_crypto')),
    labelled(parts.file, t('acknowledge_file')),
    parts.digest,
    el('p', {}, parts.send),
    parts.told,
  );
}
