// Two regions side by side, over the same days.
import { get, pathOf } from '../lib/api.js';
import { asOfNode } from '../lib/asof.js';
import { chartNode } from '../lib/chart.js';
import { el, fill } from '../lib/dom.js';
import { changeOf, heightOf, money, percent, shortMoney, shortNumber } from '../lib/format.js';
import { freshnessOf } from '../lib/flows.js';
import { measures, tell, valueOf } from '../lib/measures.js';
import { daysQuery, periodNode, periodOf } from '../lib/period.js';
import { changed, go, link } from '../lib/router.js';
import { tableNode } from '../lib/table.js';
import { placeName, t } from '../lib/words.js';

const REGION = /^(ID|\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)$/;

// The API's figures by the names of measures.
function rowOf({
  figures: { flow, standing, activity, activeMembers, late, reversals, surplus, intercepts },
}) {
  const outstanding = standing.outstanding.reduce((total, sen) => total + BigInt(sen), 0n).toString();
  return {
    transactions: flow.transactions,
    sales: flow.sales,
    turnover: flow.turnover,
    member_turnover: flow.memberTurnover,
    surplus,
    intercepts,
    late,
    reversals,
    active_members: activeMembers.members,
    active_cooperatives: activity.cooperatives,
    active_outlets: activity.outlets,
    cooperatives: standing.cooperatives,
    dormant_week: standing.dormantWeek,
    dormant_month: standing.dormantMonth,
    open_outlets: standing.openOutlets,
    principal_dues: standing.principalDues,
    mandatory_dues: standing.mandatoryDues,
    voluntary_savings: standing.voluntarySavings,
    term_savings: standing.termSavings,
    member_loans: standing.memberLoans,
    bank_loans: standing.bankLoans,
    outstanding,
    npl_share: standing.nplPpm,
    repayment_share: standing.repaymentPpm,
  };
}

function perCooperative(row, measure) {
  const value = valueOf(row, measure);
  const tells = value !== null && measures.get(measure).kind === 'money' && row.cooperatives !== '0';
  return tells ? (BigInt(value) / BigInt(row.cooperatives)).toString() : null;
}

function form(route) {
  const a = el('input', {
    id: 'region-a',
    value: route.query.a || '',
    required: true,
    placeholder: '32',
    size: 14,
  });
  const b = el('input', {
    id: 'region-b',
    value: route.query.b || '',
    required: true,
    placeholder: '33',
    size: 14,
  });
  const submit = (event) => {
    event.preventDefault();
    go(changed(route, { a: a.value.trim(), b: b.value.trim() }));
  };
  return el(
    'form',
    { class: 'dates card', onsubmit: submit },
    el('label', { for: 'region-a' }, t('region_a')),
    a,
    el('label', { for: 'region-b' }, t('region_b')),
    b,
    el('button', { type: 'submit' }, t('compare_go')),
    el('p', { class: 'hint' }, t('compare_hint')),
  );
}

function figuresTable(names) {
  const cell = (side) => (row) => {
    const each = perCooperative(row[side], row.measure);
    return [
      tell(row.measure, valueOf(row[side], row.measure)),
      each &&
        each !== '0' &&
        el('small', { class: 'under' }, t('each_cooperative', { amount: shortMoney(each) })),
    ];
  };
  const change = (row) => {
    const [a, b] = [valueOf(row.a, row.measure), valueOf(row.b, row.measure)];
    return a === null || b === null ? null : changeOf(a, b);
  };
  return tableNode({
    caption: t('compare'),
    csvFile: 'lumbung-compare.csv',
    empty: t('no_data'),
    key: (row) => row.measure,
    columns: [
      {
        key: 'figure',
        label: t('figure'),
        csvName: 'measure',
        csv: (row) => row.measure,
        cell: (row) => t(row.measure),
      },
      {
        key: 'a',
        label: names[0],
        number: true,
        csvName: 'a',
        csv: (row) => row.a[row.measure],
        cell: cell('a'),
      },
      {
        key: 'b',
        label: names[1],
        number: true,
        csvName: 'b',
        csv: (row) => row.b[row.measure],
        cell: cell('b'),
      },
      { key: 'change', label: t('difference'), number: true, cell: (row) => percent(change(row), true) },
    ],
  });
}

export default function compareView(route, root, page) {
  const codes = [route.query.a, route.query.b].filter((code) => REGION.test(code || ''));
  page.title(t('compare'), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('compare'), ''],
  ]);
  fill(root, form(route));
  if (codes.length < 2) return async () => {};

  const parts = { period: periodNode(route), chart: chartNode(t('by_hour')), asOf: asOfNode() };
  const body = el('section', { class: 'card' });
  const chart = el('section', { class: 'card' }, el('h2', {}, t('by_hour')), parts.chart.node);
  root.append(parts.period.node, parts.asOf.node, chart, body);
  let table = null;
  return async (signal) => {
    const { newest } = await freshnessOf({ region: codes[0] }, signal);
    const period = periodOf(route.query, newest);
    const answers = await Promise.all(
      codes.map((region) => get(`${pathOf({ region })}/performance`, daysQuery(period), signal)),
    );
    const hours = period.one
      ? await Promise.all(
          codes.map((region) => get(`${pathOf({ region })}/hours`, { day: period.from }, signal)),
        )
      : [];
    const names = answers.map(({ of }, i) => (of.name ? placeName(of.name) : codes[i]));
    if (!table) {
      table = figuresTable(names);
      fill(body, el('h2', {}, `${names[0]} – ${names[1]}`), table.node);
    }
    parts.period.set(period);
    chart.hidden = !period.one;
    if (period.one) {
      const list = Array.from({ length: 24 }, (_, hour) => hour);
      parts.chart.set({
        head: t('hour'),
        categories: list.map((hour) => `${String(hour).padStart(2, '0')}.00`),
        told: {
          value: (sen) => (sen === null ? t('no_data') : money(sen)),
          axis: (height) => `Rp${shortNumber(BigInt(Math.round(height)))}`,
        },
        series: hours.map((answer, i) => {
          const values = list.map(
            (hour) => answer.hours.find((one) => one.hour === hour)?.flow.turnover ?? null,
          );
          return {
            name: names[i],
            type: i ? 'line' : 'bar',
            values,
            heights: values.map((sen) => (sen === null ? null : heightOf(sen))),
          };
        }),
      });
    }
    const [a, b] = answers.map(rowOf);
    table.set(Object.keys(a).map((measure) => ({ measure, a, b })));
    parts.asOf.set(answers);
  };
}
