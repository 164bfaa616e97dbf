// Finds transactions of a cooperative by the caller's own reference.
import { get } from './api.js';
import { el, fill } from './dom.js';
import { number } from './format.js';
import { link } from './router.js';
import { t } from './words.js';

export function referenceSearch(cooperative) {
  const input = el('input', { id: 'reference', maxlength: 64, required: true });
  const results = el('div', { role: 'status' });
  const find = async (event) => {
    event.preventDefault();
    fill(results, el('p', {}, t('searching')));
    try {
      const { transactions } = await get(`/v1/cooperatives/${cooperative}/transactions`, {
        reference: input.value,
        page_size: 50,
      });
      const item = ({ transactionId, sequence, kind }) =>
        el(
          'li',
          {},
          el('a', { href: link(`transaction/${transactionId}`, { cooperative }) }, transactionId),
          ` ${kind}, ${t('sequence')} ${number(sequence)}`,
        );
      fill(
        results,
        transactions.length
          ? el('ul', {}, transactions.map(item))
          : el('p', { class: 'none' }, t('no_transactions')),
      );
    } catch (error) {
      fill(results, el('p', { class: 'banner bad' }, error.message));
    }
  };
  return el(
    'div',
    {},
    el(
      'form',
      { class: 'dates', onsubmit: find },
      el('label', { for: 'reference' }, t('reference')),
      input,
      el('button', { type: 'submit', class: 'small' }, t('find')),
    ),
    results,
  );
}
