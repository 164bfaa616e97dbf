// Names and what they stand for, one under the other; and figures in cells.
import { el, fill } from './dom.js';
import { money, shortMoney } from './format.js';

export function factsNode() {
  const node = el('dl', { class: 'facts' });
  return {
    node,
    set: (facts) =>
      fill(
        node,
        facts.filter(Boolean).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
      ),
  };
}

export const card = (title, ...children) => el('section', { class: 'card' }, el('h2', {}, title), children);
export const amountCell = (sen, currency) =>
  el('span', { title: money(sen, currency) }, money(sen, currency));
export const shortCell = (sen) => el('span', { title: money(sen) }, shortMoney(sen));
