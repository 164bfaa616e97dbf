// How the ledger and its projections are.
import { getIfAny, Problem, get } from '../lib/api.js';
import { lagText } from '../lib/asof.js';
import { el, fill } from '../lib/dom.js';
import { card, factsNode } from '../lib/facts.js';
import { ageOf, duration, hex, moment, number } from '../lib/format.js';
import { link } from '../lib/router.js';
import { tableNode, textColumn, numberColumn } from '../lib/table.js';
import { t } from '../lib/words.js';

const WINDOW = 10000;

// Events a second over the last ten seconds, of heads as they are seen.
function rateMeter() {
  const seen = [];
  return (head) => {
    const now = performance.now();
    seen.push([now, BigInt(head)]);
    while (seen.length > 2 && now - seen[1][0] > WINDOW) seen.shift();
    const [then, from] = seen[0];
    return seen.length < 2 || now - then < 500
      ? null
      : Math.round((Number(BigInt(head) - from) * 1000) / (now - then));
  };
}

async function healthOf(path, signal) {
  try {
    await get(path, {}, signal);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

const bytes = (size) => `${number(BigInt(size) / 1048576n)} MiB`;

function shardsTable() {
  return tableNode({
    caption: t('ledger'),
    empty: t('no_data'),
    key: (row) => row.shard,
    csvFile: 'lumbung-shards.csv',
    columns: [
      textColumn('shard', t('shard'), (row) => String(row.shard)),
      numberColumn(
        'head',
        t('head'),
        (row) => row.head,
        (row) => el('a', { href: link(`event/${row.shard}/${row.head}`) }, number(row.head)),
      ),
      {
        key: 'hash',
        label: t('hash'),
        csvName: 'hash',
        csv: (row) => hex(row.hash),
        cell: (row) => el('code', {}, hex(row.hash)),
      },
      {
        key: 'root',
        label: t('root'),
        csvName: 'root',
        csv: (row) => hex(row.root),
        cell: (row) => el('code', {}, hex(row.root)),
      },
      numberColumn(
        'accounts',
        t('accounts'),
        (row) => row.accounts,
        (row) => number(row.accounts),
      ),
      { key: 'size', label: t('size'), number: true, cell: (row) => bytes(row.logBytesOnDisk) },
    ],
  });
}

function projectionsTable() {
  const asOf = (row) => (row.asOf.length ? row.asOf : row.built);
  const state = (row) =>
    row.stopped
      ? el('span', { class: 'badge bad' }, t('stopped', { why: row.stopped }))
      : el(
          'span',
          { class: row.serving ? 'badge good' : 'badge warn' },
          t(row.serving ? 'serving' : 'building'),
        );
  return tableNode({
    caption: t('projections'),
    empty: t('problem_not_served'),
    key: (row) => row.name,
    columns: [
      textColumn('name', t('projection'), (row) => row.name),
      { key: 'state', label: t('state'), cell: state },
      {
        key: 'position',
        label: t('position'),
        number: true,
        cell: (row) =>
          asOf(row)
            .map(({ sequence }) => number(sequence))
            .join(' + '),
      },
      { key: 'lag', label: t('lag'), cell: (row) => lagText(asOf(row)) },
      {
        key: 'recorded',
        label: t('last_event'),
        cell: (row) =>
          asOf(row)
            .map(({ recordedAt }) => moment(recordedAt))
            .join('; '),
      },
      { key: 'version', label: t('version'), cell: (row) => `${row.version} ${row.rules}` },
    ],
  });
}

export default function systemView(route, root, page) {
  const parts = {
    facts: factsNode(),
    health: factsNode(),
    shards: shardsTable(),
    projections: projectionsTable(),
  };
  const checkpoints = el('div', {});
  const rate = rateMeter();
  page.title(t('system'), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('system'), ''],
  ]);
  fill(
    root,
    card(t('health'), parts.health.node),
    card(t('projections'), parts.projections.node),
    card(t('ledger'), parts.facts.node, parts.shards.node),
    card(t('checkpoint'), checkpoints),
  );
  const refresh = async (signal) => {
    const [ledger, projections, up, ready] = await Promise.all([
      get('/v1/ledger', {}, signal),
      getIfAny('/v1/projections', {}, signal),
      healthOf('/healthz', signal),
      healthOf('/readyz', signal),
    ]);
    const head = ledger.shards.reduce((total, shard) => total + BigInt(shard.head), 0n);
    const a_second = rate(head);
    const recorded = (projections?.projections || [])
      .flatMap(({ asOf }) => asOf)
      .reduce((top, { recordedAt }) => (BigInt(recordedAt) > top ? BigInt(recordedAt) : top), 0n);
    const badge = (good, yes, no) =>
      el('span', { class: good ? 'badge good' : 'badge bad' }, t(good ? yes : no));
    parts.health.set([
      [t('health'), badge(up, 'health_up', 'live_lost')],
      [t('ready'), badge(ready, 'yes', 'not_ready')],
      [t('rate'), a_second === null ? t('rate_wait') : number(a_second)],
      [t('age'), recorded === 0n ? '–' : t('ago', { time: duration(ageOf(recorded)) })],
    ]);
    parts.facts.set([
      [t('ledger_id'), el('code', {}, ledger.ledgerId)],
      [t('origin'), ledger.origin],
      [t('version'), ledger.version],
    ]);
    parts.shards.set(ledger.shards);
    parts.projections.set(projections?.projections || []);
    fill(
      checkpoints,
      ledger.shards.map(({ checkpoint }) => el('pre', { tabindex: '0' }, checkpoint)),
    );
  };
  // Rates and ages go on when projections don't.
  refresh.every = 2000;
  return refresh;
}
