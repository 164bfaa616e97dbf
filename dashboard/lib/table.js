// Tables that are sorted by a column's button and saved as CSV.
import { el, fill } from './dom.js';
import { t } from './words.js';

function compare(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  return String(a).localeCompare(String(b), 'id', { numeric: true });
}

// Those without a value come last either way.
function sorted(rows, { column, down }) {
  if (!column) return rows;
  return [...rows].sort((x, y) => {
    const a = column.sort(x);
    const b = column.sort(y);
    return down && a !== null && b !== null ? compare(b, a) : compare(a, b);
  });
}

// RFC 4180.
export function csvOf(columns, rows) {
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = [
    columns.map(({ csvName }) => csvName),
    ...rows.map((row) => columns.map(({ csv }) => csv(row) ?? '')),
  ];
  return lines
    .map((line) => line.map((value) => cell(String(value))).join(','))
    .join('\r\n')
    .concat('\r\n');
}

function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const anchor = el('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// columns: {key, label, number, cell(row), sort(row), csvName, csv(row)}; without `sort` it has no
// button. `csvFile` of the rows; without one nothing is saved. `key(row)` tells rows apart.
export function tableNode({ caption, columns, key, csvFile, empty, first }) {
  const state = {
    rows: [],
    column: columns.find((column) => column.key === first?.key),
    down: Boolean(first?.down),
  };
  const heads = columns.map((column) => {
    const button =
      column.sort &&
      el(
        'button',
        { type: 'button', title: t('sort_by', { column: column.label }), onclick: () => sortBy(column) },
        column.label,
      );
    return el('th', { scope: 'col', class: column.number ? 'number' : '' }, button || column.label);
  });
  const body = el('tbody', {});
  const none = el('p', { class: 'none', hidden: true }, empty);
  const table = el(
    'table',
    {},
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', {}, el('tr', {}, heads)),
    body,
  );
  const scroll = el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, table);
  const tools =
    csvFile &&
    el(
      'p',
      { class: 'tools' },
      el(
        'button',
        {
          type: 'button',
          class: 'small',
          onclick: () =>
            save(
              csvFile,
              csvOf(
                columns.filter((column) => column.csv),
                sorted(state.rows, state),
              ),
            ),
        },
        t('export_csv'),
      ),
    );
  const node = el('div', { class: 'table' }, scroll, none, tools);

  function draw() {
    const held = document.activeElement?.closest('tr')?.dataset.key;
    const inside = held && body.contains(document.activeElement);
    fill(
      body,
      sorted(state.rows, state).map((row) =>
        el(
          'tr',
          { 'data-key': key(row) },
          columns.map((column, index) =>
            el(
              index ? 'td' : 'th',
              {
                scope: index ? null : 'row',
                class: column.number ? 'number' : column.nowrap ? 'nowrap' : '',
              },
              column.cell(row),
            ),
          ),
        ),
      ),
    );
    if (inside) body.querySelector(`tr[data-key="${CSS.escape(held)}"] a`)?.focus({ preventScroll: true });
    columns.forEach((column, index) => {
      if (column.sort)
        heads[index].setAttribute(
          'aria-sort',
          column !== state.column ? 'none' : state.down ? 'descending' : 'ascending',
        );
    });
    scroll.hidden = state.rows.length === 0;
    if (tools) tools.hidden = scroll.hidden;
    none.hidden = !scroll.hidden;
  }

  function sortBy(column) {
    state.down = state.column === column ? !state.down : Boolean(column.number);
    state.column = column;
    draw();
  }

  return {
    node,
    set(rows) {
      state.rows = rows;
      draw();
    },
    add(rows) {
      state.rows = [...state.rows, ...rows];
      draw();
    },
  };
}

// Columns of the two kinds there are.
export const textColumn = (key, label, text, cell = text) => ({
  key,
  label,
  cell,
  sort: text,
  csvName: key,
  csv: text,
});
export const numberColumn = (key, label, value, cell) => ({
  key,
  label,
  number: true,
  cell,
  csvName: key,
  csv: value,
  sort: (row) => {
    const found = value(row);
    return found === null || found === undefined ? null : BigInt(found);
  },
});
