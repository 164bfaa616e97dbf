// Figures in a row: what it is, how much, and what that is to be held against.
import { el, fill } from './dom.js';
import { t } from './words.js';
import { DASH, changeOf, percent } from './format.js';

// {label, value, title, note, href, tone}; value null: there is none.
function figure({ label, value, title, note, href, tone, id }) {
  const told = value ?? DASH;
  return el(
    'div',
    { class: 'figure', 'data-figure': id },
    el('dt', {}, label),
    el(
      'dd',
      { class: value === null ? 'amount none' : 'amount', title: value === null ? t('no_data') : title },
      href ? el('a', { href }, told) : told,
    ),
    title && value !== null && title !== told && el('dd', { class: 'visually-hidden' }, title),
    note && el('dd', { class: tone ? `note ${tone}` : 'note' }, note),
  );
}

export function figuresNode(label) {
  const list = el('dl', { class: 'figures' });
  const node = el('section', { class: 'card', 'aria-label': label }, el('h2', {}, label), list);
  return { node, set: (figures) => fill(list, figures.filter(Boolean).map(figure)) };
}

// What to say of a change from what was: {note, tone}.
export function against(now, was, day) {
  const ppm = now === null || was === null || was === undefined ? null : changeOf(now, was);
  if (ppm === null) return { note: t('no_comparison') };
  const arrow = ppm > 0 ? '▲' : ppm < 0 ? '▼' : '■';
  return {
    note: `${arrow} ${t('against', { change: percent(ppm, true), day })}`,
    tone: ppm > 0 ? 'up' : ppm < 0 ? 'down' : '',
  };
}
