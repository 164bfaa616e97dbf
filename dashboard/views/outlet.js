// An outlet of a cooperative.
import { asOfNode } from '../lib/asof.js';
import { el, fill } from '../lib/dom.js';
import { figuresNode } from '../lib/figures.js';
import { flowCharts, flowFigures, flowsOf, freshnessOf, lagNote } from '../lib/flows.js';
import { staleNode } from '../lib/freshness.js';
import { periodNode, periodOf } from '../lib/period.js';
import { link } from '../lib/router.js';
import { t } from '../lib/words.js';

export default function outletView(route, root, page) {
  const { cooperative, outlet } = route.places;
  const parts = {
    asOf: asOfNode(),
    stale: staleNode(),
    period: periodNode(route),
    flows: figuresNode(t('headline')),
    charts: flowCharts(),
  };
  const lag = el('p', {});
  page.title(t('outlet_n', { number: outlet, cooperative }), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('cooperative_n', { number: cooperative }), link(`cooperative/${cooperative}`, route.query)],
    [`${t('outlet')} ${outlet}`, ''],
  ]);
  fill(
    root,
    parts.stale.node,
    parts.period.node,
    parts.asOf.node,
    parts.flows.node,
    el('div', { class: 'grid' }, parts.charts.nodes),
    lag,
  );
  return async (signal) => {
    const { own, newest } = await freshnessOf({ cooperative }, signal);
    const period = periodOf(route.query, newest);
    const flows = await flowsOf({ cooperative, outlet }, period, signal);
    parts.stale.set(own);
    parts.period.set(period);
    parts.flows.set(flowFigures(flows, period, { cooperative: true, outlet: true }));
    parts.charts.set(flows, period);
    fill(lag, lagNote(flows.now));
    parts.asOf.set([flows.now]);
  };
}
