// What is shown at the beginning: the nation, or what is the viewer's own.
import { el, fill } from '../lib/dom.js';
import { link } from '../lib/router.js';
import { getViewer } from '../lib/viewer.js';
import { placeName, t } from '../lib/words.js';
import region from './region.js';

const item = (href, text, note) =>
  el('li', {}, el('a', { href }, text), note && el('span', { class: 'hint' }, ` ${note}`));
const isOne = ({ first, last }) => first === last;

// Several regions, or cooperatives.
function ownView(root, page) {
  const { regions, cooperatives } = getViewer();
  page.title(t('own'), '');
  page.crumbs([[t('own'), '']]);
  fill(
    root,
    el(
      'section',
      { class: 'card', 'aria-label': t('own') },
      el(
        'ul',
        { class: 'plain results' },
        regions.map(({ region: code, name }) =>
          item(link(`region/${code}`), placeName(name) || code, `${t(`level_${code.split('.').length}`)} ${code}`),
        ),
        cooperatives.map((span) =>
          isOne(span)
            ? item(link(`cooperative/${span.first}`), t('cooperative_n', { number: span.first }))
            : el('li', {}, t('cooperatives_span', span)),
        ),
      ),
      el('p', { class: 'hint' }, t('own_hint')),
    ),
  );
  return async () => {};
}

function choose(route, root, page) {
  const { readsAll, regions, cooperatives } = getViewer();
  if (!readsAll && regions.length === 1 && !cooperatives.length)
    return region({ ...route, places: { region: regions[0].region } }, root, page);
  if (!readsAll && regions.length + cooperatives.length > 0) {
    if (!regions.length && cooperatives.length === 1 && isOne(cooperatives[0])) {
      window.location.replace(link(`cooperative/${cooperatives[0].first}`));
      return async () => {};
    }
    return ownView(root, page);
  }
  return region(route, root, page);
}

export default function homeView(route, root, page) {
  // Who it is is known when figures are asked for.
  let shown = null;
  page.title(t('brand'), '');
  return (signal) => {
    shown = shown || choose(route, root, page);
    return shown(signal);
  };
}
