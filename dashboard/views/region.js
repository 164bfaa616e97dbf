// A region of any level, the nation among them.
import { get, getIfAny } from '../lib/api.js';
import { asOfNode } from '../lib/asof.js';
import { el, fill } from '../lib/dom.js';
import { figuresNode } from '../lib/figures.js';
import { flowCharts, flowFigures, flowsOf, freshnessOf, lagNote, standingFigures } from '../lib/flows.js';
import { freshnessNode, staleNode } from '../lib/freshness.js';
import { measureOf, measures } from '../lib/measures.js';
import { daysQuery, periodNode, periodOf } from '../lib/period.js';
import { childrenTable, cooperativesTable } from '../lib/region_tables.js';
import { changed, go, link } from '../lib/router.js';
import { mapNode } from '../lib/tiles.js';
import { crumbsOf, learnPlaces, remember } from '../lib/places.js';
import { placeName, t } from '../lib/words.js';

const levelOf = (region) => (region === 'ID' ? 0 : region.split('.').length);

// The measures of all rows, joined by region: [{of, turnover, transactions ...}].
async function childrenOf(region, period, measure, signal) {
  const wanted = [
    ...new Set([measure, 'turnover', 'transactions', 'active_cooperatives', 'cooperatives', 'dormant_week']),
  ];
  const answers = await Promise.all(
    wanted.map((name) =>
      get(`/v1/regions/${region}/children`, { measure: name, ...daysQuery(period), limit: 1000 }, signal),
    ),
  );
  const rows = new Map();
  answers.forEach(({ list }, i) =>
    list.forEach(({ of, value }) => {
      const code = of.subject.region;
      rows.set(code, { ...rows.get(code), of, code, [wanted[i]]: value });
    }),
  );
  return { answers, rows: [...rows.values()] };
}

function measureChoice(route) {
  const select = el(
    'select',
    {
      id: 'measure',
      onchange: () => go(changed(route, { measure: select.value === 'turnover' ? '' : select.value })),
    },
    [...measures.keys()].map((name) =>
      el('option', { value: name, selected: name === measureOf(route.query) }, t(name)),
    ),
  );
  return el('p', { class: 'choice' }, el('label', { for: 'measure' }, t('map_measure')), ' ', select);
}

function partsOf(route, region, level, measure) {
  return {
    asOf: asOfNode(),
    stale: staleNode(),
    period: periodNode(route),
    flows: figuresNode(t('headline')),
    charts: flowCharts(),
    map: level === 0 ? mapNode() : null,
    children: level < 4 ? childrenTable(region, measure) : null,
    cooperatives: level > 0 ? cooperativesTable(region, measure) : null,
    standing: figuresNode(t('savings_loans')),
    freshness: freshnessNode(),
  };
}

function lay(root, parts, route, region, level) {
  fill(
    root,
    parts.stale.node,
    parts.period.node,
    parts.asOf.node,
    parts.flows.node,
    el('div', { class: 'grid' }, parts.charts.nodes),
    el(
      'section',
      { class: 'card' },
      el('h2', {}, level === 0 ? t('map_title') : t('children')),
      measureChoice(route),
      parts.map && el('p', { class: 'hint' }, t('map_help')),
      parts.map?.node,
      parts.children?.node,
      el('p', { class: 'hint' }, t('no_data_dash')),
    ),
    parts.cooperatives &&
      el('section', { class: 'card' }, el('h2', {}, t('top_cooperatives')), parts.cooperatives.node),
    parts.standing.node,
    parts.freshness.node,
    level > 0 &&
      el(
        'p',
        { class: 'choices' },
        el('a', { class: 'button', href: link('findings', { region }) }, t('findings_here')),
        el('a', { class: 'button', href: link('compare', { a: region }) }, t('compare_with')),
      ),
  );
}

export default function regionView(route, root, page) {
  const region = route.places.region || 'ID';
  const level = levelOf(region);
  const measure = measureOf(route.query);
  const parts = partsOf(route, region, level, measure);
  page.title(level === 0 ? t('indonesia') : region, t(`level_${Math.min(level, 4)}`));
  page.crumbs(crumbsOf(region));
  lay(root, parts, route, region, level);

  return async (signal) => {
    const { own, newest } = await freshnessOf({ region }, signal);
    const period = periodOf(route.query, newest);
    const [flows, children, cooperatives] = await Promise.all([
      flowsOf({ region }, period, signal),
      parts.children ? childrenOf(region, period, measure, signal) : null,
      parts.cooperatives
        ? getIfAny(
            `/v1/regions/${region}/cooperatives`,
            { measure, ...daysQuery(period), order: 'largest', limit: 200 },
            signal,
          )
        : null,
    ]);
    const { of } = flows.now;
    if (of.name && level > 0) page.title(placeName(of.name), `${t(`level_${level}`)} ${region}`);
    if (!of.listed) page.title(region, t('not_listed'));
    remember([flows.now, ...(children?.rows || [])]);
    await learnPlaces(region, signal);
    page.crumbs(crumbsOf(region));
    parts.stale.set(own);
    parts.period.set(period);
    parts.flows.set(flowFigures(flows, period));
    parts.charts.set(flows, period);
    parts.map?.set(children.rows, measure);
    parts.children?.set(children.rows);
    parts.cooperatives?.set(cooperatives?.list || []);
    parts.standing.set(standingFigures(flows.now));
    parts.freshness.set(own, lagNote(flows.now));
    parts.asOf.set([own, flows.now, ...(children?.answers || [])]);
  };
}
