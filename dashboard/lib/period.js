// Which days a page speaks of: of its address, or the latest that there is.
import {
  addDays,
  dayName,
  daysBetween,
  fromInput,
  newestToday,
  parseDay,
  plainDay,
  shortDay,
  toInput,
} from './days.js';
import { el, fill } from './dom.js';
import { changed, go } from './router.js';
import { t } from './words.js';

// {from, to, latest, one}: `newest` is the last business day that is known, 0 where there is none.
export function periodOf(query, newest) {
  const end = newest || newestToday();
  const day = parseDay(query.day);
  const from = parseDay(query.from);
  const to = parseDay(query.to);
  if (from && to && from <= to) return { from, to, latest: false, one: from === to };
  const last = Number(query.last) || 0;
  if (last > 1 && last <= 366) return { from: addDays(end, 1 - last), to: end, latest: true, one: false };
  return day
    ? { from: day, to: day, latest: false, one: true }
    : { from: end, to: end, latest: true, one: true };
}

// The same days so many whole weeks before that they don't overlap.
export function before({ from, to }) {
  const shift = -7 * Math.ceil(daysBetween(from, to) / 7);
  return { from: addDays(from, shift), to: addDays(to, shift) };
}

export const periodText = ({ from, to }) =>
  from === to
    ? dayName(from)
    : `${Math.floor(from / 10000) === Math.floor(to / 10000) ? shortDay(from) : plainDay(from)} – ${plainDay(to)}`;
export const daysQuery = ({ from, to }) => (from === to ? { day: from } : { from, to });

const cleared = { day: '', from: '', to: '', last: '' };

export function periodNode(route) {
  const text = el('strong', { class: 'period-text' });
  const from = el('input', { type: 'date', id: 'period-from' });
  const to = el('input', { type: 'date', id: 'period-to' });
  const choices = el('span', { class: 'choices' });
  const apply = (event) => {
    event.preventDefault();
    const days = [fromInput(from.value), fromInput(to.value)].sort((a, b) => a - b);
    if (days[0]) go(changed(route, { ...cleared, from: days[0], to: days[1] }));
  };
  const form = el(
    'form',
    { class: 'dates', onsubmit: apply },
    el('span', { class: 'pair' }, el('label', { for: 'period-from' }, t('from')), from),
    el('span', { class: 'pair' }, el('label', { for: 'period-to' }, t('to')), to),
    el('button', { type: 'submit', class: 'small' }, t('apply')),
  );
  const node = el('section', { class: 'period', 'aria-label': t('period') }, text, choices, form);
  let told = '';
  return {
    node,
    set(period) {
      const now = JSON.stringify(period);
      if (now === told) return;
      told = now;
      const days = daysBetween(period.from, period.to);
      const step = (count) =>
        changed(route, {
          ...cleared,
          from: addDays(period.from, count * days),
          to: addDays(period.to, count * days),
        });
      const choice = (label, changes, on) =>
        el(
          'a',
          {
            class: 'small button',
            href: changed(route, { ...cleared, ...changes }),
            'aria-current': on ? 'true' : null,
          },
          label,
        );
      fill(text, periodText(period));
      fill(
        choices,
        el('a', { class: 'small button', href: step(-1), 'aria-label': t('previous') }, '‹'),
        el('a', { class: 'small button', href: step(1), 'aria-label': t('next') }, '›'),
        choice(t('latest'), {}, period.latest && days === 1),
        choice(t('week'), { last: 7 }, period.latest && days === 7),
        choice(t('month'), { last: 30 }, period.latest && days === 30),
      );
      if (document.activeElement !== from) from.value = toInput(period.from);
      if (document.activeElement !== to) to.value = toInput(period.to);
    },
  };
}
