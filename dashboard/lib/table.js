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

const tableOf = (caption, heads, body) =>
  el(
    'table',
    {},
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', {}, el('tr', {}, heads)),
    body,
  );

function headOf(column, sortBy) {
  const title = t('sort_by', { column: column.label });
  const button =
    column.sort && el('button', { type: 'button', title, onclick: () => sortBy(column) }, column.label);
  return el('th', { scope: 'col', class: column.number ? 'number' : '' }, button || column.label);
}

function rowOf(row, columns, key) {
  const style = (column) => (column.number ? 'number' : column.nowrap ? 'nowrap' : '');
  const cells = columns.map((column, index) =>
    el(index ? 'td' : 'th', { scope: index ? null : 'row', class: style(column) }, column.cell(row)),
  );
  return el('tr', { 'data-key': key(row) }, cells);
}

// Puts rows into a table's body; who was at a row's link stays there.
function refill(body, rows) {
  const held = body.contains(document.activeElement) && document.activeElement.closest('tr')?.dataset.key;
  fill(body, rows);
  if (held) body.querySelector(`tr[data-key="${CSS.escape(held)}"] a`)?.focus({ preventScroll: true });
}

// columns: {key, label, number, nowrap, cell(row), sort(row), csvName, csv(row)}; without `sort` it
// has no button. `csvFile` of the rows; without one nothing is saved. `key(row)` tells rows apart.
export function tableNode({ caption, columns, key, csvFile, empty, first }) {
  const state = {
    rows: [],
    column: columns.find((column) => column.key === first?.key),
    down: Boolean(first?.down),
  };
  const sortBy = (column) => {
    state.down = state.column === column ? !state.down : Boolean(column.number);
    state.column = column;
    draw();
  };
  const saveAll = () => {
    const told = columns.filter((column) => column.csv);
    save(csvFile, csvOf(told, sorted(state.rows, state)));
  };
  const heads = columns.map((column) => headOf(column, sortBy));
  const body = el('tbody', {});
  const none = el('p', { class: 'none', hidden: true }, empty);
  const table = tableOf(caption, heads, body);
  const scroll = el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, table);
  const button = el('button', { type: 'button', class: 'small', onclick: saveAll }, t('export_csv'));
  const tools = csvFile && el('p', { class: 'tools' }, button);

  function draw() {
    refill(
      body,
      sorted(state.rows, state).map((row) => rowOf(row, columns, key)),
    );
    const order = state.down ? 'descending' : 'ascending';
    columns.forEach((column, index) => {
      if (column.sort) heads[index].setAttribute('aria-sort', column === state.column ? order : 'none');
    });
    scroll.hidden = state.rows.length === 0;
    if (tools) tools.hidden = scroll.hidden;
    none.hidden = !scroll.hidden;
  }

  const set = (rows) => {
    state.rows = rows;
    draw();
  };
  const node = el('div', { class: 'table' }, scroll, none, tools);
  return { node, set, add: (rows) => set([...state.rows, ...rows]) };
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
