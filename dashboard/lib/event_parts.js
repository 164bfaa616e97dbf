// An event as people read it: what it is, debits and credits, all of it as JSON, and its proof.
import { accountText, codeName, learnCodes } from './accounts.js';
import { dayName } from './days.js';
import { el } from './dom.js';
import { amountCell, card, factsNode } from './facts.js';
import { hex, moment, number } from './format.js';
import { proofNode } from './proof.js';
import { link } from './router.js';
import { nameOf, t } from './words.js';

const ENVELOPE = new Set(['sequence', 'recordedAt', 'epoch', 'previousHash', 'actor']);
export const typeOf = (event) => Object.keys(event).find((key) => !ENVELOPE.has(key)) || '';

// The transactions of an event's body, however it holds them.
export function transactionsOf(event) {
  const body = event[typeOf(event)] || {};
  const list = body.transactions || [body];
  return list.map((one) => one.transaction || one.command?.postTransaction || null).filter(Boolean);
}

function entriesTable(transaction) {
  const cooperative = transaction.cooperative;
  const row = ({ code, holder, currency, debit, credit }) => {
    const account = accountText({ cooperative, code, holder, currency });
    return el(
      'tr',
      {},
      el(
        'th',
        { scope: 'row' },
        el('a', { href: link(`account/${account}`) }, account),
        ` ${codeName(code)}`,
      ),
      el('td', { class: 'number' }, debit ? amountCell(debit, currency) : ''),
      el('td', { class: 'number' }, credit ? amountCell(credit, currency) : ''),
    );
  };
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('entries_of') },
    el(
      'table',
      {},
      el('caption', { class: 'visually-hidden' }, t('entries_of')),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col' }, t('account')),
          el('th', { scope: 'col', class: 'number' }, t('debit')),
          el('th', { scope: 'col', class: 'number' }, t('credit')),
        ),
      ),
      el('tbody', {}, transaction.entries.map(row)),
    ),
  );
}

function transactionCard(transaction) {
  const facts = factsNode();
  const { cooperative, transactionId, outlet } = transaction;
  facts.set([
    [
      t('transaction'),
      el('a', { href: link(`transaction/${transactionId}`, { cooperative }) }, transactionId),
    ],
    [t('cooperative'), el('a', { href: link(`cooperative/${cooperative}`) }, cooperative)],
    outlet && [t('outlet'), el('a', { href: link(`cooperative/${cooperative}/outlet/${outlet}`) }, outlet)],
    [t('kind'), transaction.kind],
    [t('channel'), nameOf('channel', transaction.channel)],
    [t('nature'), transaction.nature],
    [t('business_date'), dayName(transaction.businessDate)],
    transaction.occurredAt && [t('occurred'), moment(transaction.occurredAt)],
    transaction.reference && [t('reference'), transaction.reference],
  ]);
  return card(t('entries_of'), facts.node, entriesTable(transaction));
}

// `stated`: {shard, sequence, hash (base64), event, bytes}; what to show of it.
export async function eventNodes(stated, signal) {
  const { shard, event } = stated;
  const sequence = BigInt(stated.sequence);
  const facts = factsNode();
  facts.set([
    [t('event_type'), typeOf(event)],
    [t('sequence'), el('a', { href: link(`event/${shard}/${sequence}`) }, number(sequence))],
    [t('shard'), shard],
    [t('recorded'), moment(event.recordedAt)],
    event.actor && [t('actor'), event.actor],
    [t('hash'), el('code', { id: 'hash' }, hex(stated.hash))],
    event.previousHash && [t('previous_hash'), el('code', {}, hex(event.previousHash))],
  ]);
  const transactions = transactionsOf(event);
  await Promise.all(
    transactions.map(({ cooperative, entries }) =>
      learnCodes(
        cooperative,
        (entries || []).map(({ code }) => code),
        signal,
      ),
    ),
  );
  return [
    el('section', { class: 'card', 'aria-label': t('event') }, facts.node),
    transactions.filter(({ entries }) => entries).map(transactionCard),
    proofNode({ shard, sequence: stated.sequence, hash: hex(stated.hash), bytes: stated.bytes }),
    el(
      'details',
      { class: 'card' },
      el('summary', {}, t('raw')),
      el('pre', { tabindex: '0' }, JSON.stringify(event, null, 1)),
    ),
  ];
}
