// As of when: which events the figures of a page speak for.
import { ageOf, duration, hex, moment, number } from './format.js';
import { el, fill } from './dom.js';
import { t } from './words.js';
import { link } from './router.js';
import { getViewer } from './viewer.js';

// Of several answers: for each shard what all of them have.
export function commonAsOf(answers) {
  const shards = new Map();
  for (const asOf of answers.flatMap((answer) => answer?.asOf || [])) {
    const seen = shards.get(asOf.shard);
    if (!seen || BigInt(asOf.sequence) < BigInt(seen.sequence)) shards.set(asOf.shard, asOf);
  }
  return [...shards.values()].sort((a, b) => a.shard - b.shard);
}

const sum = (list, field) => list.reduce((total, one) => total + BigInt(one[field]), 0n);
const most = (list, field) =>
  list.reduce((top, one) => (BigInt(one[field]) > top ? BigInt(one[field]) : top), 0n);

// Whether there is anything that figures could be made of.
export const isComputed = (list) => list.every(({ sequence, behind }) => sequence !== '0' || behind === '0');

export function lagText(list) {
  const behind = sum(list, 'behind');
  if (behind === 0n) return t('up_to_date');
  return t('behind', { events: number(behind), time: duration(most(list, 'age')) });
}

function headText(list) {
  const time = moment(most(list, 'recordedAt'));
  if (list.length === 1)
    return t('as_of', { sequence: number(list[0].sequence), shard: list[0].shard, time });
  return t('as_of_shards', {
    sequence: list.map(({ sequence }) => number(sequence)).join(' + '),
    shards: list.length,
    time,
  });
}

// The way to an event, for whoever may read the log.
export const eventLink = ({ shard, sequence }, text) =>
  getViewer().readsLog ? el('a', { href: link(`event/${shard}/${sequence}`) }, text) : text;

function shardRow({ shard, sequence, hash, recordedAt }) {
  return el(
    'tr',
    {},
    el('td', {}, shard),
    el('td', { class: 'number' }, eventLink({ shard, sequence }, number(sequence))),
    el('td', {}, moment(recordedAt)),
    el('td', {}, el('code', {}, hex(hash))),
  );
}

// A paragraph that says it, with the hashes for who wants them.
export function asOfNode() {
  const node = el('div', { class: 'as-of' });
  const text = el('p', {});
  const body = el('tbody', {});
  const heads = ['shard', 'sequence', 'recorded', 'hash'].map((key) => el('th', { scope: 'col' }, t(key)));
  const more = el(
    'details',
    {},
    el('summary', {}, t('hash')),
    el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('hash') },
      el('table', {}, el('thead', {}, el('tr', {}, heads)), body),
    ),
  );
  node.append(text, more);
  return {
    node,
    set(answers) {
      const list = commonAsOf(answers);
      more.hidden = !list.length || !isComputed(list);
      if (!list.length) return fill(text);
      node.dataset.sequences = list.map(({ sequence }) => sequence).join(',');
      if (!isComputed(list))
        return fill(
          text,
          el('strong', { class: 'badge warn' }, t('not_computed', { events: number(sum(list, 'behind')) })),
        );
      const behind = sum(list, 'behind') !== 0n;
      fill(
        text,
        headText(list),
        ' · ',
        el('span', { class: behind ? 'badge warn' : 'badge good' }, lagText(list)),
      );
      const recorded = most(list, 'recordedAt');
      if (recorded !== 0n) text.append(` · ${t('as_of_age', { age: duration(ageOf(recorded)) })}`);
      return fill(body, list.map(shardRow));
    },
  };
}
