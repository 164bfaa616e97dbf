// What was found.
import { el, fill } from '../lib/dom.js';
import { find } from '../lib/search.js';
import { link } from '../lib/router.js';
import { t } from '../lib/words.js';

export default function searchView(route, root, page) {
  const text = route.query.q || '';
  const body = el('div', {}, el('p', {}, t('searching')));
  page.title(t('results', { text }), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('search'), ''],
  ]);
  fill(
    root,
    el(
      'section',
      { class: 'card', 'aria-label': t('search') },
      body,
      el('p', { class: 'hint' }, t('search_scope')),
    ),
  );
  let done = false;
  return async (signal) => {
    if (done) return;
    const { hits, more } = await find(text, signal);
    done = true;
    fill(
      body,
      hits.length
        ? el(
            'ul',
            { class: 'plain results' },
            hits.map(({ label, note, href }) =>
              el('li', {}, el('a', { href }, label), ' ', el('span', { class: 'hint' }, note)),
            ),
          )
        : el('p', { class: 'none' }, t('no_results')),
      more && el('p', { class: 'hint' }, more),
    );
  };
}
