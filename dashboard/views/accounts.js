// The accounts of one code of a cooperative: one for each holder.
import { get } from '../lib/api.js';
import { accountText, codeName, learnCodes } from '../lib/accounts.js';
import { el, fill } from '../lib/dom.js';
import { amountCell } from '../lib/facts.js';
import { number } from '../lib/format.js';
import { link } from '../lib/router.js';
import { numberColumn, tableNode } from '../lib/table.js';
import { t } from '../lib/words.js';

export default function accountsView(route, root, page) {
  const { cooperative, code } = route.places;
  const days = { from: route.query.from, to: route.query.to, day: route.query.day, last: route.query.last };
  const account = (row) => row.balance.account;
  const table = tableNode({
    caption: t('accounts_of', { code }),
    csvFile: `lumbung-${cooperative}-${code}.csv`,
    empty: t('no_entries'),
    first: { key: 'holder' },
    key: (row) => accountText(account(row)),
    columns: [
      {
        key: 'holder',
        label: t('account'),
        csvName: 'account',
        csv: (row) => accountText(account(row)),
        sort: (row) => BigInt(account(row).holder),
        cell: (row) =>
          el('a', { href: link(`account/${accountText(account(row))}`, days) }, accountText(account(row))),
      },
      numberColumn(
        'balance',
        t('balance'),
        (row) => row.balance.balance,
        (row) => amountCell(row.balance.balance, account(row).currency),
      ),
      numberColumn(
        'available',
        t('available'),
        (row) => row.balance.available,
        (row) => amountCell(row.balance.available, account(row).currency),
      ),
      { key: 'status', label: t('status'), cell: (row) => t(`status_${row.status}`) },
    ],
  });
  const more = el('button', { type: 'button', hidden: true, onclick: () => goOn() }, t('more'));
  const asOf = el('p', { class: 'as-of' });
  let cursor = '';
  page.crumbs([
    [t('indonesia'), link('')],
    [t('cooperative_n', { number: cooperative }), link(`cooperative/${cooperative}`)],
    [code, ''],
  ]);
  page.title(t('accounts_of', { code }), t('cooperative_n', { number: cooperative }));
  fill(root, el('section', { class: 'card', 'aria-label': t('accounts') }, table.node, more), asOf);

  async function goOn(signal) {
    const first = cursor === '';
    const answer = await get(
      `/v1/cooperatives/${cooperative}/accounts`,
      { code, page_size: 200, cursor },
      signal,
    );
    const listed = answer.accounts;
    cursor = answer.nextCursor || '';
    more.hidden = !cursor;
    if (first) table.set(listed);
    else table.add(listed);
    if (first && listed.length === 1)
      return window.location.replace(link(`account/${accountText(account(listed[0]))}`, days));
    fill(asOf, listed.length ? t('as_of_event', { sequence: number(listed[0].asOf) }) : '');
    return null;
  }

  return async (signal) => {
    cursor = '';
    await learnCodes(cooperative, [Number(code)], signal);
    page.title(`${code} ${codeName(Number(code))}`, t('cooperative_n', { number: cooperative }));
    await goOn(signal);
  };
}
