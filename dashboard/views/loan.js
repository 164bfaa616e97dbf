// A loan of a bank to a cooperative: its terms, how it stands, and the events that granted and paid it.
import { Problem, get } from '../lib/api.js';
import { asOfNode, eventLink } from '../lib/asof.js';
import { dayName } from '../lib/days.js';
import { el, fill } from '../lib/dom.js';
import { amountCell, card, factsNode } from '../lib/facts.js';
import { moment, number, percent } from '../lib/format.js';
import { arrearsOf, gradeBadge, lenderText, outstandingOf } from '../lib/loans.js';
import { link } from '../lib/router.js';
import { tableNode } from '../lib/table.js';
import { t } from '../lib/words.js';

const paidBy = ({ split }) => (split ? String(BigInt(split.principal) + BigInt(split.interest)) : null);

// What it says, and the way to where it stands: the transaction, or the event of the log.
function whatCell(row, cooperative) {
  const name = t(`loan_event_${row.kind}`);
  const text = row.reverses ? `${name} (${t('reversal')})` : name;
  return [
    row.transactionId
      ? el('a', { class: 'trace', href: link(`transaction/${row.transactionId}`, { cooperative }) }, text)
      : text,
    row.reversedBy !== '0' && el('p', { class: 'hint' }, t('reversed_by', { sequence: number(row.reversedBy) })),
    row.instalments.length > 0 &&
      el('p', { class: 'hint' }, t('pays_instalments', { numbers: row.instalments.join(', ') })),
  ];
}

function eventsTable(cooperative, loan, told) {
  const column = (key, csv, cell, more = {}) => ({ key, label: t(key), csvName: key, csv, cell, ...more });
  return tableNode({
    caption: t('loan_events'),
    csvFile: `lumbung-${cooperative}-loan-${loan}.csv`,
    empty: t('no_entries'),
    key: (row) => `${row.sequence}-${row.transactionId}`,
    columns: [
      column('loan_event', ({ kind }) => kind, (row) => whatCell(row, cooperative)),
      column('day', ({ date }) => date || '', ({ date }) => dayName(date), { nowrap: true }),
      column('value', paidBy, (row) => amountCell(paidBy(row), told.currency), { number: true }),
      column('recorded', ({ recordedAt }) => recordedAt, ({ recordedAt }) => moment(recordedAt)),
      column(
        'sequence',
        ({ sequence }) => sequence,
        ({ sequence }) => eventLink({ shard: told.shard, sequence }, number(sequence)),
        { number: true },
      ),
    ],
  });
}

function factsOf(info, shard) {
  const { granted, status } = info;
  const { currency } = granted;
  const facts = [
    [t('lender'), lenderText(granted.lender)],
    [t('scheme'), granted.scheme],
    [t('loan_principal'), amountCell(granted.principal, currency)],
    [t('loan_rate'), percent(granted.annualRatePpm)],
    [t('loan_tenor'), t('months', { count: number(granted.tenorMonths) })],
    [t('loan_granted'), dayName(granted.grantedDate)],
    [t('loan_outstanding'), status ? amountCell(outstandingOf(info), currency) : t('no_status')],
    [t('loan_grade'), gradeBadge(info)],
    [t('loan_due'), amountCell(info.due, currency)],
    [t('loan_paid'), amountCell(info.paid, currency)],
    [t('loan_arrears'), amountCell(arrearsOf(info), currency)],
    [t('next_due'), dayName(info.nextDueDate)],
  ];
  if (!status) return facts;
  const said = [dayName(status.asOf), ' · ', eventLink({ shard, sequence: info.statusSequence }, `${t('sequence')} ${number(info.statusSequence)}`)];
  return [...facts, [t('bank_said'), el('span', {}, said)]];
}

export default function loanView(route, root, page) {
  const { cooperative, loan } = route.places;
  const facts = factsNode();
  const asOf = asOfNode();
  const told = { shard: 0, currency: '' };
  const table = eventsTable(cooperative, loan, told);
  const rest = el('p', { class: 'hint' });
  page.title(`${t('loan')} ${loan}`, t('cooperative_n', { number: cooperative }));
  page.crumbs([
    [t('indonesia'), link('')],
    [t('cooperative_n', { number: cooperative }), link(`cooperative/${cooperative}`)],
    [`${t('loan')} ${loan}`, ''],
  ]);
  fill(
    root,
    asOf.node,
    el('section', { class: 'card', 'aria-label': t('loan') }, facts.node),
    card(t('loan_events'), table.node, rest),
  );
  return async (signal) => {
    const answer = await get(`/v1/cooperatives/${cooperative}/loans`, { day: route.query.day }, signal);
    const info = answer.loans.find(({ granted }) => granted.loan === loan);
    if (!info) throw new Problem(404, 'NOT_FOUND', `${t('loan')} ${loan}`);
    told.shard = answer.asOf[0].shard;
    told.currency = info.granted.currency;
    facts.set(factsOf(info, told.shard));
    table.set(info.events);
    const more = info.totalEvents > info.events.length;
    fill(rest, more ? t('of_total', { shown: number(info.events.length), total: number(info.totalEvents) }) : '');
    asOf.set([answer]);
  };
}
