// The statement of an account: each line leads to its transaction and its event.
import { get, getIfAny } from '../lib/api.js';
import { codeName, learnCodes } from '../lib/accounts.js';
import { asOfNode, eventLink } from '../lib/asof.js';
import { plainDay } from '../lib/days.js';
import { el, fill } from '../lib/dom.js';
import { amountCell, factsNode } from '../lib/facts.js';
import { number } from '../lib/format.js';
import { freshnessOf } from '../lib/flows.js';
import { periodNode, periodOf } from '../lib/period.js';
import { link } from '../lib/router.js';
import { tableNode, numberColumn, textColumn } from '../lib/table.js';
import { t } from '../lib/words.js';

const PAGE = 100;

function entriesTable(account, cooperative, shard) {
  const currency = account.split(':')[3];
  const amount = (field) =>
    numberColumn(
      field,
      t(field),
      (row) => row[field] ?? null,
      (row) => (row[field] ? amountCell(row[field], currency) : ''),
    );
  return tableNode({
    caption: t('statement_of', { account }),
    csvFile: `lumbung-${account.replaceAll(':', '-')}.csv`,
    empty: t('no_entries'),
    key: (row) => `${row.sequence}.${row.index}`,
    columns: [
      {
        key: 'postingDate',
        nowrap: true,
        label: t('posting_date'),
        csvName: 'posting_date',
        csv: (row) => row.postingDate,
        cell: (row) =>
          el(
            'a',
            { href: link(`transaction/${row.transactionId}`, { cooperative }) },
            plainDay(row.postingDate),
          ),
      },
      amount('debit'),
      amount('credit'),
      numberColumn(
        'balance',
        t('balance'),
        (row) => row.balance,
        (row) => amountCell(row.balance, currency),
      ),
      textColumn('kind', t('kind'), (row) => row.kind),
      {
        key: 'sequence',
        label: t('sequence'),
        number: true,
        csvName: 'sequence',
        csv: (row) => row.sequence,
        cell: (row) => eventLink({ shard: shard(), sequence: row.sequence }, number(row.sequence)),
      },
      {
        key: 'transaction',
        label: t('transaction'),
        csvName: 'transaction_id',
        csv: (row) => row.transactionId,
        cell: (row) =>
          el(
            'a',
            {
              class: 'trace',
              href: link(`transaction/${row.transactionId}`, { cooperative }),
              title: row.transactionId,
            },
            t('trace'),
          ),
      },
    ].map((column) => ({ ...column, sort: null })),
  });
}

export default function accountView(route, root, page) {
  const { account } = route.places;
  const [cooperative, code, holder, currency] = account.split(':');
  let shard = 0;
  let cursor = '';
  let days = null;
  const parts = {
    period: periodNode(route),
    facts: factsNode(),
    table: entriesTable(account, cooperative, () => shard),
    asOf: asOfNode(),
  };
  const more = el('button', { type: 'button', hidden: true, onclick: () => goOn() }, t('more'));
  page.title(t('statement_of', { account }), '');
  fill(
    root,
    parts.period.node,
    parts.asOf.node,
    el('section', { class: 'card', 'aria-label': t('statement') }, parts.facts.node, parts.table.node, more),
  );

  async function goOn(signal) {
    const answer = await get(
      `/v1/accounts/${account}/statement`,
      { ...days, page_size: PAGE, cursor },
      signal,
    );
    shard = answer.asOf[0].shard;
    if (cursor) parts.table.add(answer.entries);
    else parts.table.set(answer.entries);
    cursor = answer.nextCursor;
    more.hidden = !cursor;
    return answer;
  }

  return async (signal) => {
    const [{ newest }, now] = await Promise.all([
      freshnessOf({ cooperative }, signal),
      getIfAny(`/v1/accounts/${account}`, {}, signal),
    ]);
    // Without a choice all there is: the way down from a balance begins here.
    const chosen = route.query.day || route.query.from || route.query.last;
    const period = periodOf(
      chosen ? route.query : { from: '20200101', to: String(newest || 20991231) },
      newest,
    );
    days = { from: period.from, to: period.to };
    cursor = '';
    await learnCodes(cooperative, [Number(code)], signal);
    const answer = await goOn(signal);
    page.title(`${code} ${codeName(Number(code))}`, t('statement_of', { account }));
    page.crumbs([
      [t('indonesia'), link('')],
      [t('cooperative_n', { number: cooperative }), link(`cooperative/${cooperative}`)],
      [code, link(`cooperative/${cooperative}/code/${code}`)],
      [holder === '0' ? account : holder, ''],
    ]);
    parts.period.set(period);
    const sum = (part) => amountCell(answer[part].balance, currency);
    parts.facts.set([
      [t('opening'), sum('opening')],
      [t('debit'), amountCell(answer.period.debit, currency)],
      [t('credit'), amountCell(answer.period.credit, currency)],
      [t('closing'), sum('closing')],
      [t('entries'), number(answer.period.entries)],
      now && [t('available'), amountCell(now.balance.available, currency)],
      now && [t('status'), t(`status_${now.status}`)],
    ]);
    parts.asOf.set([answer]);
  };
}
