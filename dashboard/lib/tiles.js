// Indonesia as a grid of equal tiles, a province each: what is small on a map weighs as much as what
// is large.
import { el, fill, svg } from './dom.js';
import { link } from './router.js';
import { measures, tell, valueOf } from './measures.js';
import { placeName, t } from './words.js';

// code: [column, row, short name]
const places = {
  11: [0, 0, 'Aceh'],
  12: [1, 1, 'Sumut'],
  13: [1, 2, 'Sumbar'],
  14: [2, 1, 'Riau'],
  15: [2, 2, 'Jambi'],
  16: [3, 3, 'Sumsel'],
  17: [2, 3, 'Bengkulu'],
  18: [3, 4, 'Lampung'],
  19: [4, 2, 'Babel'],
  21: [3, 1, 'Kepri'],
  31: [5, 4, 'DKI'],
  32: [5, 5, 'Jabar'],
  33: [6, 5, 'Jateng'],
  34: [6, 6, 'DIY'],
  35: [7, 5, 'Jatim'],
  36: [4, 5, 'Banten'],
  51: [8, 5, 'Bali'],
  52: [9, 5, 'NTB'],
  53: [10, 5, 'NTT'],
  61: [5, 1, 'Kalbar'],
  62: [6, 2, 'Kalteng'],
  63: [7, 2, 'Kalsel'],
  64: [7, 1, 'Kaltim'],
  65: [7, 0, 'Kaltara'],
  71: [10, 0, 'Sulut'],
  72: [9, 2, 'Sulteng'],
  73: [8, 3, 'Sulsel'],
  74: [9, 3, 'Sultra'],
  75: [9, 1, 'Gorontalo'],
  76: [8, 2, 'Sulbar'],
  81: [11, 3, 'Maluku'],
  82: [11, 1, 'Malut'],
  91: [14, 2, 'Papua'],
  92: [13, 1, 'PB'],
  93: [14, 4, 'Papsel'],
  94: [13, 3, 'Papteng'],
  95: [14, 3, 'Papeg'],
  96: [12, 2, 'PBD'],
};
const SIZE = 60;
const GAP = 4;
const CLASSES = 5;

// Bounds of classes with as many provinces in each: figures of provinces differ by powers of ten.
function boundsOf(values) {
  const list = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const bounds = [];
  for (let i = 1; i < CLASSES && list.length; ++i) bounds.push(list[Math.floor((i * list.length) / CLASSES)]);
  return bounds.filter((bound, i) => bound !== bounds[i - 1] && bound > list[0]);
}

const classOf = (value, bounds) => bounds.filter((bound) => value >= bound).length;
// Classes there are, spread over the colours there are.
const shade = (index, count) => (count === 0 ? 2 : Math.round((index * (CLASSES - 1)) / count));

function tile(row, measure, bounds) {
  const code = row.of.subject.region;
  const [column, line, short] = places[code];
  const value = valueOf(row, measure);
  const style = value === null ? 'none' : `shade-${shade(classOf(BigInt(value), bounds), bounds.length)}`;
  const told = value === null ? t('no_data') : tell(measure, value);
  const brief = value === null ? '–' : tell(measure, value, true).replace(/^Rp/, '');
  // Begins with what is to be seen: who speaks to the browser says that.
  const label = `${code} ${short} ${brief}, ${placeName(row.of.name)}: ${told}`;
  const x = column * SIZE;
  const y = line * SIZE;
  const middle = (SIZE - GAP) / 2;
  return svg(
    'a',
    {
      href: link(`region/${code}`, { measure: measure === 'turnover' ? '' : measure }),
      'aria-label': label,
      class: `tile ${style}`,
      'data-code': code,
    },
    svg('title', {}, `${placeName(row.of.name)}: ${told}`),
    svg('rect', { x, y, width: SIZE - GAP, height: SIZE - GAP, rx: 7 }),
    svg(
      'text',
      {
        x: x + middle,
        y: y + 19,
        class: 'tile-name',
        textLength: short.length > 6 ? SIZE - GAP - 6 : null,
        lengthAdjust: 'spacingAndGlyphs',
      },
      short,
      ' ',
    ),
    svg('text', { x: x + middle, y: y + 42, class: 'tile-value' }, brief),
    svg('text', { x: x + middle, y: y + 38, class: 'tile-code' }, code),
  );
}

function legend(measure, bounds, least, hasNone) {
  const from = [least, ...bounds];
  const keys = from.map((bound, index) =>
    el('li', { class: `shade-${shade(index, bounds.length)}` }, `≥ ${tell(measure, String(bound), true)}`),
  );
  return el(
    'ul',
    { class: 'map-legend' },
    least === undefined ? null : keys,
    hasNone && el('li', { class: 'none' }, t('map_none')),
  );
}

export const isProvince = (row) => row.of.subject.region in places;

// The map; set(rows, measure), rows as valueOf wants them.
export function mapNode() {
  const width = 15 * SIZE - GAP;
  const height = 7 * SIZE - GAP;
  const hatch = svg(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { width: 6, height: 6, class: 'hatch-ground' }),
    svg('line', { x1: 0, y1: 0, x2: 0, y2: 6, class: 'hatch-line' }),
  );
  const tiles = svg('g', {});
  const picture = svg(
    'svg',
    { viewBox: `-2 -2 ${width + 4} ${height + 4}`, role: 'group', class: 'map', 'aria-label': t('map_help') },
    svg('defs', {}, hatch),
    tiles,
  );
  const keys = el('div', {});
  const node = el('div', {}, picture, keys);
  return {
    node,
    set(rows, measure) {
      if (!measures.has(measure)) return;
      const values = rows
        .map((row) => valueOf(row, measure))
        .filter((value) => value !== null)
        .map(BigInt);
      const bounds = boundsOf(values);
      const least = values.reduce(
        (low, value) => (low === undefined || value < low ? value : low),
        undefined,
      );
      const held = document.activeElement?.closest?.('.tile')?.dataset.code;
      fill(
        tiles,
        rows.filter(isProvince).map((row) => tile(row, measure, bounds)),
      );
      if (held) tiles.querySelector(`[data-code="${held}"]`)?.focus({ preventScroll: true });
      fill(keys, legend(measure, bounds, least, values.length < rows.length));
    },
  };
}
