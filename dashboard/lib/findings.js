// What the audit found, in rows.
import { dayName } from './days.js';
import { el } from './dom.js';
import { moment, number } from './format.js';
import { link } from './router.js';
import { tableNode } from './table.js';
import { ofBoth, t } from './words.js';

const tones = { ALARM: 'bad', WARNING: 'warn', NOTICE: '' };
export const severityBadge = (severity) =>
  el('span', { class: `badge ${tones[severity] || ''}` }, t(`severity_${severity}`));
export const daysText = ({ fromDate, toDate }) =>
  !fromDate ? '–' : fromDate === toDate ? dayName(fromDate) : `${dayName(fromDate)} – ${dayName(toDate)}`;
const isNone = (value) => value === '0';
export const whereNode = ({ cooperative, outlet }) =>
  isNone(cooperative)
    ? t('whole_ledger')
    : [
        el('a', { href: link(`cooperative/${cooperative}`) }, t('cooperative_n', { number: cooperative })),
        isNone(outlet)
          ? ''
          : [
              ', ',
              el(
                'a',
                { href: link(`cooperative/${cooperative}/outlet/${outlet}`) },
                `${t('outlet')} ${outlet}`,
              ),
            ],
      ];

const column = (key, label, csvName, csv, cell) => ({ key, label, csvName, csv, cell });

function titleCell(row) {
  const query = { cooperative: isNone(row.cooperative) ? '' : row.cooperative };
  return [
    el('a', { href: link(`finding/${row.id}`, query) }, ofBoth(row, 'title')),
    el('p', { class: 'hint' }, ofBoth(row, 'text')),
  ];
}

function stateCell({ resolvedAt, acknowledged }) {
  const badge = (good, yes, no) => el('span', { class: good ? 'badge good' : 'badge' }, t(good ? yes : no));
  return [
    badge(!isNone(resolvedAt), 'resolved', 'unresolved'),
    ' ',
    badge(acknowledged, 'acknowledged', 'unacknowledged'),
  ];
}

export function findingsTable(withCsv = true) {
  const columns = [
    column('title', t('finding'), 'rule', (row) => row.rule, titleCell),
    column(
      'severity',
      t('severity'),
      'severity',
      (row) => row.severity,
      (row) => severityBadge(row.severity),
    ),
    column('where', t('cooperative'), 'cooperative', (row) => row.cooperative, whereNode),
    column('days', t('about_days'), 'from_date', (row) => row.fromDate, daysText),
    {
      ...column(
        'found',
        t('found_at'),
        'found_at',
        (row) => row.foundAt,
        (row) => moment(row.foundAt),
      ),
      nowrap: true,
    },
    {
      ...column(
        'events',
        t('sequence'),
        'events',
        (row) => row.events,
        (row) => number(row.events),
      ),
      number: true,
    },
    column('state', t('state'), 'acknowledged', (row) => row.acknowledged, stateCell),
  ];
  const csvFile = withCsv && 'lumbung-findings.csv';
  return tableNode({
    caption: t('findings'),
    empty: t('no_findings'),
    key: (row) => row.id,
    csvFile,
    columns,
  });
}
