// How old what is known is.
import { ageOf, duration, number, shareOf } from './format.js';
import { addDays, dayName, newestToday } from './days.js';
import { el, fill, svg } from './dom.js';
import { t } from './words.js';

// Data that is more than a day behind is no picture of today.
export function staleNode() {
  const node = el('p', { class: 'banner warn', hidden: true });
  return {
    node,
    set(freshness) {
      const never = freshness.recordedAt === '0';
      const stale =
        !never &&
        (ageOf(freshness.recordedAt) > 86400n * 1000000n ||
          freshness.businessDate < addDays(newestToday(), -2));
      node.hidden = !never && !stale;
      fill(
        node,
        never
          ? t('never')
          : t('stale', { time: duration(ageOf(freshness.recordedAt)), day: dayName(freshness.businessDate) }),
      );
    },
  };
}

export function freshnessNode() {
  const body = el('div', {});
  const node = el('section', { class: 'card' }, el('h2', {}, t('freshness')), body);
  return {
    node,
    set(freshness, lag) {
      // Of one cooperative there is nothing to count.
      if (freshness.of.subject.cooperative !== '0') {
        const text =
          freshness.recordedAt === '0'
            ? t('never')
            : t('fresh_one', {
                time: duration(ageOf(freshness.recordedAt)),
                day: dayName(freshness.businessDate),
              });
        return fill(body, el('p', {}, text), lag && el('p', {}, lag));
      }
      const count = (field) => BigInt(freshness[field]);
      const all = count('cooperatives');
      if (all === 0n) return fill(body, el('p', { class: 'none' }, t('no_data')));
      const parts = [
        ['fresh_day', count('withinDay'), 'fresh-1'],
        ['fresh_week', count('withinWeek') - count('withinDay'), 'fresh-2'],
        ['fresh_month', count('withinMonth') - count('withinWeek'), 'fresh-3'],
        ['fresh_older', all - count('never') - count('withinMonth'), 'fresh-4'],
        ['fresh_never', count('never'), 'fresh-5'],
      ];
      let x = 0;
      const bars = parts.map(([, value, style]) => {
        const width = Number(shareOf(value, all)) / 1000;
        const bar = svg('rect', { x, y: 0, width, height: 24, class: style });
        x += width;
        return bar;
      });
      const text =
        freshness.medianRecordedAt === '0'
          ? null
          : t('fresh_text', { count: number(all), time: duration(ageOf(freshness.medianRecordedAt)) });
      return fill(
        body,
        svg(
          'svg',
          { viewBox: '0 0 1000 24', preserveAspectRatio: 'none', class: 'stack', 'aria-hidden': 'true' },
          bars,
        ),
        el(
          'ul',
          { class: 'stack-legend' },
          parts.map(([key, value, style]) => el('li', { class: style }, `${t(key)}: ${number(value)}`)),
        ),
        text && el('p', {}, text),
        lag && el('p', {}, lag),
      );
    },
  };
}
