// What lies in a region: the regions, and the cooperatives.
import { el } from './dom.js';
import { measures, tell, valueOf } from './measures.js';
import { link } from './router.js';
import { numberColumn, tableNode, textColumn } from './table.js';
import { placeName, t } from './words.js';

const label = ({ of }) => (of.name ? placeName(of.name) : of.subject.region);

function valueColumn(name) {
  const value = (row) => valueOf(row, name);
  const short = measures.get(name).kind === 'money';
  const cell = (row) =>
    el(
      'span',
      { title: value(row) === null ? t('no_data') : tell(name, value(row)) },
      tell(name, value(row), short),
    );
  return numberColumn(name, t(name), value, cell);
}

export function childrenTable(region, measure) {
  const query = { measure: measure === 'turnover' ? '' : measure };
  const names = [
    ...new Set([measure, 'turnover', 'transactions', 'active_cooperatives', 'cooperatives', 'dormant_week']),
  ];
  const columns = [
    textColumn('name', t('name'), label, (row) =>
      el(
        'a',
        { href: link(`region/${row.code}`, query) },
        label(row),
        row.of.listed ? null : ` (${t('not_listed')})`,
      ),
    ),
    textColumn('code', t('code'), (row) => row.code),
    ...names.map(valueColumn),
  ];
  return tableNode({
    caption: t('children'),
    columns,
    key: (row) => row.code,
    csvFile: `lumbung-${region}-${measure}.csv`,
    empty: t('no_children'),
    first: { key: 'code' },
  });
}

export function cooperativesTable(region, measure) {
  const number = (row) => row.of.subject.cooperative;
  const cell = (row) =>
    el(
      'span',
      { title: row.value === undefined ? t('no_data') : tell(measure, row.value) },
      tell(measure, row.value, measures.get(measure).kind === 'money'),
    );
  const columns = [
    {
      key: 'cooperative',
      label: t('cooperative'),
      csvName: 'cooperative',
      csv: number,
      sort: (row) => BigInt(number(row)),
      cell: (row) =>
        el('a', { href: link(`cooperative/${number(row)}`) }, t('cooperative_n', { number: number(row) })),
    },
    numberColumn(measure, t(measure), (row) => row.value, cell),
  ];
  return tableNode({
    caption: t('top_cooperatives'),
    columns,
    key: number,
    csvFile: `lumbung-${region}-cooperatives-${measure}.csv`,
    empty: t('no_cooperatives'),
    first: { key: measure, down: true },
  });
}
