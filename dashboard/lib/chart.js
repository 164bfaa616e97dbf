// Charts that have a table with the same figures beside them.
import { init } from '../vendor/echarts.js';
import { el, fill } from './dom.js';
import { t } from './words.js';

const shown = new Set();

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function optionOf({ categories, series, told, horizontal }) {
  const text = colour('text-soft');
  const labels = { color: text, fontSize: 11, fontFamily: 'system-ui, sans-serif' };
  const category = {
    type: 'category',
    data: categories,
    inverse: Boolean(horizontal),
    axisLabel: { ...labels, ...(horizontal ? { width: 110, overflow: 'truncate' } : { hideOverlap: true }) },
    axisLine: { lineStyle: { color: colour('line') } },
    axisTick: { show: false },
  };
  const value = {
    type: 'value',
    splitNumber: 4,
    axisLabel: { ...labels, formatter: (height) => told.axis(height), hideOverlap: true },
    splitLine: { lineStyle: { color: colour('line') } },
  };
  return {
    animation: false,
    grid: { left: 4, right: 16, top: 14, bottom: 4, containLabel: true },
    xAxis: horizontal ? value : category,
    yAxis: horizontal ? category : value,
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      backgroundColor: colour('card'),
      borderColor: colour('line'),
      textStyle: { color: colour('text'), fontSize: 12 },
      axisPointer: { type: horizontal ? 'shadow' : 'line' },
      formatter: (points) =>
        [
          points[0].name,
          ...points.map(
            ({ seriesIndex, dataIndex }) =>
              `${series[seriesIndex].name}: ${told.value(series[seriesIndex].values[dataIndex])}`,
          ),
        ].join('\n'),
    },
    series: series.map(({ name, type, heights }, index) => ({
      name,
      type,
      data: heights,
      symbol: 'none',
      barMaxWidth: 26,
      step: type === 'line' ? 'middle' : undefined,
      itemStyle: {
        color: colour(index ? 'second' : 'accent'),
        borderRadius: horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0],
      },
      lineStyle: { width: 2, color: colour('second') },
      z: index + 2,
    })),
  };
}

function tableOf({ categories, series, told, head }) {
  const columns = [head, ...series.map(({ name }) => name)];
  return [
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        columns.map((name) => el('th', { scope: 'col' }, name)),
      ),
    ),
    el(
      'tbody',
      {},
      categories.map((name, row) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, name),
          series.map(({ values }) => el('td', { class: 'number' }, told.value(values[row]))),
        ),
      ),
    ),
  ];
}

// A figure with `label`; set({head, categories, series: [{name, type, values, heights}], told:
// {value, axis}, horizontal}) draws it.
export function chartNode(label, tall = false) {
  const canvas = el('div', { class: tall ? 'chart tall' : 'chart', role: 'img', 'aria-label': label });
  const legend = el('p', { class: 'legend' });
  const none = el('p', { class: 'none chart-none', hidden: true }, t('no_data'));
  const table = el('table', {});
  const node = el(
    'figure',
    {},
    legend,
    none,
    canvas,
    el(
      'details',
      {},
      el('summary', {}, t('as_table')),
      el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table),
    ),
  );
  const part = { chart: null, last: null };
  const draw = () => part.chart && part.last && part.chart.setOption(optionOf(part.last), { notMerge: true });
  const watcher = new ResizeObserver(() => part.chart && part.chart.resize());
  shown.add({
    draw,
    end: () => {
      watcher.disconnect();
      if (part.chart) part.chart.dispose();
    },
  });
  return {
    node,
    set(data) {
      part.last = data;
      if (!part.chart && node.isConnected) {
        part.chart = init(canvas);
        watcher.observe(canvas);
      }
      draw();
      none.hidden = data.series.some(({ values }) => values.some((value) => value !== null));
      canvas.classList.toggle('empty', !none.hidden);
      fill(
        legend,
        data.series.length > 1 &&
          data.series.map(({ name }, index) => el('span', { class: index ? 'key second' : 'key' }, name)),
      );
      fill(table, el('caption', { class: 'visually-hidden' }, label), tableOf(data));
    },
  };
}

// The page is left.
export function endCharts() {
  for (const { end } of shown) end();
  shown.clear();
}

// Colours have changed.
export function redrawCharts() {
  for (const { draw } of shown) draw();
}
