// What the audit found, with filters.
import { get, getIfAny, serves } from '../lib/api.js';
import { asOfNode } from '../lib/asof.js';
import { el, fill } from '../lib/dom.js';
import { card } from '../lib/facts.js';
import { findingsTable, severityBadge } from '../lib/findings.js';
import { number } from '../lib/format.js';
import { changed, go, link } from '../lib/router.js';
import { numberColumn, tableNode, textColumn } from '../lib/table.js';
import { ofBoth, t } from '../lib/words.js';

const PAGE = 25;

function choice(route, name, label, options) {
  const select = el(
    'select',
    { id: `filter-${name}`, onchange: () => go(changed(route, { [name]: select.value })) },
    options.map(([value, text]) =>
      el('option', { value, selected: (route.query[name] || '') === value }, text),
    ),
  );
  return [el('label', { for: `filter-${name}` }, label), select];
}

function filters(route, rules) {
  const flag = (yes, no) => [
    ['', t('all')],
    ['true', t(yes)],
    ['false', t(no)],
  ];
  return [
    ...choice(route, 'severity', t('at_least'), [
      ['', t('all')],
      ...['NOTICE', 'WARNING', 'ALARM'].map((name) => [name.toLowerCase(), t(`severity_${name}`)]),
    ]),
    ...choice(route, 'rule', t('rule'), [
      ['', t('all')],
      ...rules.map((row) => [row.rule, ofBoth(row, 'title')]),
    ]),
    ...choice(route, 'acknowledged', t('acknowledged'), flag('acknowledged', 'unacknowledged')),
    ...choice(route, 'resolved', t('resolved'), flag('resolved', 'unresolved')),
  ];
}

function countsTable(route) {
  const count = (key, label) =>
    numberColumn(
      key,
      label,
      (row) => row[key],
      (row) => number(row[key]),
    );
  return tableNode({
    caption: t('finding_counts'),
    empty: t('no_findings'),
    key: (row) => row.rule,
    csvFile: 'lumbung-finding-counts.csv',
    first: { key: 'findings', down: true },
    columns: [
      textColumn(
        'rule',
        t('rule'),
        (row) => ofBoth(row, 'title'),
        (row) => el('a', { href: changed(route, { rule: row.rule }) }, ofBoth(row, 'title')),
      ),
      {
        key: 'severity',
        label: t('severity'),
        csvName: 'severity',
        csv: (row) => row.severity,
        cell: (row) => severityBadge(row.severity),
      },
      count('findings', t('count')),
      count('unresolved', t('unresolved')),
      count('unacknowledged', t('unacknowledged')),
    ],
  });
}

export default function findingsView(route, root, page) {
  const parts = { list: findingsTable(), counts: countsTable(route), asOf: asOfNode() };
  const bar = el('div', { class: 'dates', role: 'group', 'aria-label': t('filters') }, filters(route, []));
  const more = el('button', { type: 'button', hidden: true, onclick: () => goOn() }, t('more'));
  const counts = card(t('finding_counts'), parts.counts.node);
  let cursor = '';
  let rules = '';
  page.title(t('findings'), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('findings'), ''],
  ]);
  fill(
    root,
    parts.asOf.node,
    el('section', { class: 'card', 'aria-label': t('findings') }, bar, parts.list.node, more),
    counts,
    el('p', { class: 'hint' }, t('acknowledge_how')),
  );

  async function goOn(signal) {
    const { cooperative, severity, rule, acknowledged, resolved } = route.query;
    const answer = await get(
      '/v1/findings',
      { cooperative, severity, rule, acknowledged, resolved, page_size: PAGE, cursor },
      signal,
    );
    if (cursor) parts.list.add(answer.findings);
    else parts.list.set(answer.findings);
    cursor = answer.nextCursor;
    more.hidden = !cursor;
    parts.asOf.set([answer]);
  }

  return async (signal) => {
    cursor = '';
    if (!(await serves('audit', signal)))
      return void fill(root, el('p', { class: 'banner warn' }, t('findings_not_served')));
    await goOn(signal);
    const told = await getIfAny('/v1/findings/counts', {}, signal);
    counts.hidden = !told;
    if (!told) return undefined;
    parts.counts.set(told.counts);
    const names = told.counts.map(({ rule }) => rule).join();
    if (names !== rules) {
      rules = names;
      fill(bar, filters(route, told.counts));
    }
    return undefined;
  };
}
