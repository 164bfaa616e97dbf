// What the audit found, with filters.
import { get, serves } from '../lib/api.js';
import { asOfNode } from '../lib/asof.js';
import { el, fill } from '../lib/dom.js';
import { card } from '../lib/facts.js';
import { findingsTable, severityBadge } from '../lib/findings.js';
import { number } from '../lib/format.js';
import { changed, go, link } from '../lib/router.js';
import { numberColumn, tableNode, textColumn } from '../lib/table.js';
import { learnPlaces, placeLine } from '../lib/places.js';
import { getViewer } from '../lib/viewer.js';
import { ofBoth, placeName, t } from '../lib/words.js';

const PAGE = 25;
// Of a small region a page may be short though there are more.
const MOST_ASKED = 5;

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

// Whose findings are listed: those of the address, else all that the viewer may see.
function scopeOf({ cooperative, region }) {
  const { readsAll, regions } = getViewer();
  if (cooperative || region || readsAll) return { cooperative, region: cooperative ? '' : region };
  return { region: regions[0]?.region };
}

// Of whom there are several there is a choice.
function scopeFilter(route) {
  const { readsAll, regions } = getViewer();
  const { region } = scopeOf(route.query);
  if (readsAll || regions.length < 2 || route.query.cooperative) return [];
  const own = { ...route, query: { ...route.query, region } };
  return choice(
    own,
    'region',
    t('region'),
    regions.map((one) => [one.region, placeName(one.name)]),
  );
}

// Of the rules that are on the list, where there are no counts of all.
const rulesOf = (findings) => [...new Map(findings.map((finding) => [finding.rule, finding])).values()];

function filters(route, rules) {
  const flag = (yes, no) => [
    ['', t('all')],
    ['true', t(yes)],
    ['false', t(no)],
  ];
  return [
    ...scopeFilter(route),
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
    const { severity, rule, acknowledged, resolved } = route.query;
    const asked = { ...scopeOf(route.query), severity, rule, acknowledged, resolved };
    const first = cursor === '';
    const listed = [];
    let answer;
    for (let i = 0; i < MOST_ASKED && listed.length < PAGE && (i === 0 || cursor); ++i) {
      answer = await get('/v1/findings', { ...asked, page_size: PAGE - listed.length, cursor }, signal);
      listed.push(...answer.findings);
      cursor = answer.nextCursor;
    }
    if (first) parts.list.set(listed);
    else parts.list.add(listed);
    more.hidden = !cursor;
    parts.asOf.set([answer]);
    return listed;
  }

  function showFilters(list) {
    const names = list.map(({ rule }) => rule).join();
    if (names === rules) return;
    rules = names;
    fill(bar, filters(route, list));
  }

  return async (signal) => {
    cursor = '';
    if (!(await serves('audit', signal)))
      return void fill(root, el('p', { class: 'banner warn' }, t('findings_not_served')));
    const { region } = scopeOf(route.query);
    if (region) await learnPlaces(region, signal);
    page.title(t('findings'), region ? placeLine(region) : '');
    const listed = await goOn(signal);
    // Counts are those of the whole ledger.
    counts.hidden = Boolean(region) || !getViewer().readsAll;
    if (counts.hidden) return void showFilters(rulesOf(listed));
    const told = await get('/v1/findings/counts', {}, signal);
    parts.counts.set(told.counts);
    return void showFilters(told.counts);
  };
}
