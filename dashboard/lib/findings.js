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

export function findingsTable(withCsv = true) {
  return tableNode({
    caption: t('findings'),
    empty: t('no_findings'),
    key: (row) => row.id,
    csvFile: withCsv && 'lumbung-findings.csv',
    columns: [
      {
        key: 'title',
        label: t('finding'),
        csvName: 'rule',
        csv: (row) => row.rule,
        cell: (row) => [
          el(
            'a',
            {
              href: link(`finding/${row.id}`, {
                cooperative: isNone(row.cooperative) ? '' : row.cooperative,
              }),
            },
            ofBoth(row, 'title'),
          ),
          el('p', { class: 'hint' }, ofBoth(row, 'text')),
        ],
      },
      {
        key: 'severity',
        label: t('severity'),
        csvName: 'severity',
        csv: (row) => row.severity,
        cell: (row) => severityBadge(row.severity),
      },
      {
        key: 'where',
        label: t('cooperative'),
        csvName: 'cooperative',
        csv: (row) => row.cooperative,
        cell: whereNode,
      },
      {
        key: 'days',
        label: t('about_days'),
        csvName: 'from_date',
        csv: (row) => row.fromDate,
        cell: daysText,
      },
      {
        key: 'found',
        nowrap: true,
        label: t('found_at'),
        csvName: 'found_at',
        csv: (row) => row.foundAt,
        cell: (row) => moment(row.foundAt),
      },
      {
        key: 'events',
        label: t('sequence'),
        number: true,
        csvName: 'events',
        csv: (row) => row.events,
        cell: (row) => number(row.events),
      },
      {
        key: 'state',
        label: t('state'),
        csvName: 'acknowledged',
        csv: (row) => row.acknowledged,
        cell: (row) => [
          el(
            'span',
            { class: isNone(row.resolvedAt) ? 'badge' : 'badge good' },
            t(isNone(row.resolvedAt) ? 'unresolved' : 'resolved'),
          ),
          ' ',
          el(
            'span',
            { class: row.acknowledged ? 'badge good' : 'badge' },
            t(row.acknowledged ? 'acknowledged' : 'unacknowledged'),
          ),
        ],
      },
    ],
  });
}
