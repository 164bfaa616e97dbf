// A cooperative: what it does, and its books.
import { get, serves } from '../lib/api.js';
import { codeName, learnCodes } from '../lib/accounts.js';
import { asOfNode } from '../lib/asof.js';
import { dayName } from '../lib/days.js';
import { el, fill } from '../lib/dom.js';
import { amountCell, card, factsNode } from '../lib/facts.js';
import { figuresNode } from '../lib/figures.js';
import { findingsTable } from '../lib/findings.js';
import { flowCharts, flowFigures, flowsOf, freshnessOf, lagNote, standingFigures } from '../lib/flows.js';
import { freshnessNode, staleNode } from '../lib/freshness.js';
import { loansTable } from '../lib/loans.js';
import { daysQuery, periodNode, periodOf } from '../lib/period.js';
import { crumbsOf, learnPlaces, placeLine } from '../lib/places.js';
import { link } from '../lib/router.js';
import { numberColumn, tableNode, textColumn } from '../lib/table.js';
import { getViewer } from '../lib/viewer.js';
import { t } from '../lib/words.js';
import { referenceSearch } from '../lib/reference.js';

const MOST_OUTLETS = 12;

function balanceTable(number, route) {
  const code = (row) => String(row.code);
  const sums = (part, field) =>
    numberColumn(
      `${part}_${field}`,
      t(part === 'period' ? field : part),
      (row) => row[part][field],
      (row) => amountCell(row[part][field], row.currency),
    );
  const days = { from: route.query.from, to: route.query.to, day: route.query.day, last: route.query.last };
  return tableNode({
    caption: t('trial_balance'),
    csvFile: `lumbung-${number}-trial-balance.csv`,
    empty: t('no_entries'),
    first: { key: 'code' },
    key: (row) => `${row.code}:${row.currency}`,
    columns: [
      textColumn('code', t('account'), code, (row) =>
        el(
          'a',
          { href: link(`cooperative/${number}/code/${row.code}`, days) },
          `${row.code} ${codeName(row.code)}`,
          row.currency === 'IDR' ? '' : ` (${row.currency})`,
        ),
      ),
      sums('opening', 'balance'),
      sums('period', 'debit'),
      sums('period', 'credit'),
      sums('closing', 'balance'),
    ],
  });
}

// Of each currency, whether debits and credits of the period are the same.
function balancedNote(lines) {
  const totals = new Map();
  for (const { currency, period } of lines) {
    const seen = totals.get(currency) || [0n, 0n];
    totals.set(currency, [seen[0] + BigInt(period.debit), seen[1] + BigInt(period.credit)]);
  }
  return [...totals].map(([currency, [debit, credit]]) =>
    el(
      'p',
      {},
      `${t('totals')}: `,
      amountCell(String(debit), currency),
      ' = ',
      amountCell(String(credit), currency),
      ' · ',
      el(
        'strong',
        { class: debit === credit ? 'badge good' : 'badge bad' },
        t(debit === credit ? 'balanced' : 'unbalanced'),
      ),
    ),
  );
}

function outletLinks(number, standing, route) {
  const open = Math.min(Number(standing.openOutlets), MOST_OUTLETS);
  const input = el('input', {
    id: 'outlet',
    inputmode: 'numeric',
    pattern: '[0-9]+',
    size: 6,
    required: true,
  });
  const visit = (event) => {
    event.preventDefault();
    window.location.hash = link(`cooperative/${number}/outlet/${input.value}`, route.query);
  };
  return [
    el(
      'p',
      { class: 'choices' },
      Array.from({ length: open }, (_, i) =>
        el(
          'a',
          { class: 'button small', href: link(`cooperative/${number}/outlet/${i + 1}`, route.query) },
          `${t('outlet')} ${i + 1}`,
        ),
      ),
    ),
    el(
      'form',
      { class: 'dates', onsubmit: visit },
      el('label', { for: 'outlet' }, t('outlet_open')),
      input,
      el('button', { type: 'submit', class: 'small' }, t('find')),
    ),
  ];
}

function partsOf(route, number) {
  const findings = findingsTable(false);
  const loans = loansTable(number);
  return {
    asOf: asOfNode(),
    stale: staleNode(),
    period: periodNode(route),
    facts: factsNode(),
    flows: figuresNode(t('headline')),
    charts: flowCharts(),
    note: el('div', {}),
    balance: balanceTable(number, route),
    outlets: card(t('outlets')),
    loans,
    loansCard: card(t('bank_loans_list'), loans.node),
    findings,
    findingsCard: card(t('findings'), findings.node),
    standing: figuresNode(t('savings_loans')),
    freshness: freshnessNode(),
  };
}

function lay(root, parts, number) {
  parts.findingsCard.hidden = true;
  fill(
    root,
    parts.stale.node,
    el('section', { class: 'card', 'aria-label': t('cooperative') }, parts.facts.node),
    parts.period.node,
    parts.asOf.node,
    parts.flows.node,
    el('div', { class: 'grid' }, parts.charts.nodes),
    card(t('trial_balance'), parts.note, parts.balance.node),
    parts.loansCard,
    parts.outlets,
    card(t('find_reference'), referenceSearch(number)),
    parts.findingsCard,
    parts.standing.node,
    parts.freshness.node,
  );
}

async function ask(number, route, signal) {
  const registered = await get(`/v1/cooperatives/${number}`, {}, signal);
  const subject = { cooperative: number };
  const { own, newest } = await freshnessOf(subject, signal);
  const period = periodOf(route.query, newest);
  const audited = await serves('audit', signal);
  const [flows, balance, found, loans] = await Promise.all([
    flowsOf(subject, period, signal),
    get(`/v1/cooperatives/${number}/trial-balance`, { from: period.from, to: period.to }, signal),
    audited ? get('/v1/findings', { cooperative: number, page_size: 20 }, signal) : null,
    get(`/v1/cooperatives/${number}/loans`, { day: period.to }, signal),
  ]);
  const codes = balance.lines.map(({ code }) => code);
  const { villageCode } = registered.versions.at(-1);
  await Promise.all([learnCodes(number, codes, signal), learnPlaces(villageCode, signal)]);
  return { registered, own, period, flows, balance, found, loans };
}

function factsOf(registered) {
  const now = registered.versions.at(-1);
  const code = now.villageCode;
  const village = `${placeLine(code)} (${code})`;
  return [
    [t('status'), t(`status_${now.status}`)],
    [t('village'), getViewer().mayOpen(code) ? el('a', { href: link(`region/${code}`) }, village) : village],
    [t('chart'), now.chart],
    [t('since'), dayName(now.effectiveDate)],
    [t('closed_through'), registered.closedThrough ? dayName(registered.closedThrough) : t('none')],
    [t('shard'), registered.shard],
  ];
}

export default function cooperativeView(route, root, page) {
  const number = route.places.cooperative;
  const parts = partsOf(route, number);
  let outletsTold = '';
  page.title(t('cooperative_n', { number }), '');
  lay(root, parts, number);

  return async (signal) => {
    const { registered, own, period, flows, balance, found, loans } = await ask(number, route, signal);
    const { standing } = flows.now.figures;
    const sales = link(`cooperative/${number}/code/4101`, daysQuery(period));
    page.crumbs([...crumbsOf(registered.versions.at(-1).villageCode), [t('cooperative_n', { number }), '']]);
    parts.facts.set(factsOf(registered));
    parts.stale.set(own);
    parts.period.set(period);
    parts.flows.set(flowFigures(flows, period, { cooperative: true, turnover: sales, members: sales }));
    parts.charts.set(flows, period);
    parts.balance.set(balance.lines);
    fill(parts.note, balancedNote(balance.lines));
    // Drawn once: somebody may be typing in it.
    if (outletsTold !== standing.openOutlets) {
      outletsTold = standing.openOutlets;
      fill(parts.outlets, el('h2', {}, t('outlets')), outletLinks(number, standing, route));
    }
    parts.loans.set(loans.loans);
    parts.findingsCard.hidden = !found;
    if (found) parts.findings.set(found.findings);
    parts.standing.set(standingFigures(flows.now));
    parts.freshness.set(own, lagNote(flows.now));
    parts.asOf.set([own, flows.now, balance]);
  };
}
