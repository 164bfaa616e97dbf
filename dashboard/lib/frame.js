// What stands around every page: menu, search, language, theme, token, and whether it is live.
import { el, fill } from './dom.js';
import { onLive } from './live.js';
import { go, link } from './router.js';
import { getChoice, getToken, setChoice, setToken } from './store.js';
import { getLanguage, setLanguage, t } from './words.js';
import { redrawCharts } from './chart.js';

const THEMES = ['auto', 'light', 'dark'];
let endLive = () => {};

export function applyTheme() {
  const theme = getChoice('theme') || 'auto';
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function themeButton() {
  const now = () => getChoice('theme') || 'auto';
  const button = el(
    'button',
    {
      type: 'button',
      class: 'small',
      onclick: () => {
        setChoice('theme', THEMES[(THEMES.indexOf(now()) + 1) % THEMES.length]);
        applyTheme();
        redrawCharts();
        button.textContent = t(`theme_${now()}`);
      },
    },
    t(`theme_${now()}`),
  );
  return button;
}

function searchForm() {
  const input = el('input', { type: 'search', id: 'q', autocomplete: 'off', placeholder: t('search_label') });
  const submit = (event) => {
    event.preventDefault();
    if (input.value.trim()) go(link('search', { q: input.value.trim() }));
  };
  return el(
    'form',
    { role: 'search', class: 'search', onsubmit: submit },
    el('label', { for: 'q', class: 'visually-hidden' }, t('search_label')),
    input,
    el('button', { type: 'submit', class: 'small' }, t('search')),
  );
}

function liveNode() {
  const node = el('span', { class: 'live' });
  endLive();
  endLive = onLive(({ mode }) => {
    node.dataset.mode = mode;
    fill(node, el('span', { class: 'dot', 'aria-hidden': 'true' }), t(`live_${mode}`));
  });
  return node;
}

// Draws the frame anew, with `route` marked; `again` draws all of it in another language or with
// another token.
export function drawFrame(route, again) {
  document.documentElement.lang = getLanguage();
  document.getElementById('skip').textContent = t('skip');
  const item = (path, key, names) =>
    el('a', { href: link(path), 'aria-current': names.includes(route.name) ? 'page' : null }, t(key));
  const language = el(
    'button',
    {
      type: 'button',
      class: 'small',
      id: 'language',
      lang: getLanguage() === 'id' ? 'en' : 'id',
      'aria-label': t('language_label'),
      onclick: () => {
        setLanguage(getLanguage() === 'id' ? 'en' : 'id');
        again();
        document.getElementById('language').focus();
      },
    },
    t('language'),
  );
  const out =
    getToken() &&
    el(
      'button',
      {
        type: 'button',
        class: 'small',
        onclick: () => {
          setToken('');
          again();
        },
      },
      t('token_forget'),
    );
  fill(
    document.getElementById('header'),
    el(
      'div',
      { class: 'bar' },
      el(
        'a',
        { class: 'brand', href: link('') },
        el('img', { src: 'icon.svg', alt: '', width: 26, height: 26 }),
        t('brand'),
      ),
      liveNode(),
      el('span', { class: 'tools' }, language, themeButton(), out),
    ),
    el(
      'div',
      { class: 'bar second' },
      el(
        'nav',
        { 'aria-label': t('menu') },
        item('', 'nation', ['nation', 'region']),
        item('compare', 'compare', ['compare']),
        item('findings', 'findings', ['findings', 'finding']),
        item('system', 'system', ['system', 'event']),
      ),
      searchForm(),
    ),
  );
  fill(document.getElementById('footer'), el('p', {}, `${t('brand')} · ${t('tagline')}. ${t('footer')}`));
}

// Asks for a token; `used` when there is one.
export function tokenNode(wrong, used) {
  const input = el('input', { type: 'password', id: 'token', autocomplete: 'off', required: true, size: 44 });
  const submit = (event) => {
    event.preventDefault();
    setToken(input.value.trim());
    used();
  };
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, t('token_title')),
    el('p', {}, t('token_why')),
    wrong && el('p', { class: 'banner bad', role: 'alert' }, t('token_wrong')),
    el(
      'form',
      { class: 'dates', onsubmit: submit },
      el('label', { for: 'token' }, t('token_label')),
      input,
      el('button', { type: 'submit' }, t('token_use')),
    ),
  );
}
