// An event of the log, by its shard and sequence.
import { Problem } from '../lib/api.js';
import { eventNodes } from '../lib/event_parts.js';
import { el, fill } from '../lib/dom.js';
import { number } from '../lib/format.js';
import { link } from '../lib/router.js';
import { fetchEvent } from '../lib/verify.js';
import { getViewer } from '../lib/viewer.js';
import { t } from '../lib/words.js';

export default function eventView(route, root, page) {
  const { shard, sequence } = route.places;
  const body = el('div', {});
  const near = (step, label) => {
    const other = BigInt(sequence) + BigInt(step);
    return other > 0n && el('a', { class: 'button small', href: link(`event/${shard}/${other}`) }, label);
  };
  page.title(t('event_n', { sequence: number(sequence), shard }), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('system'), link('system')],
    [t('event_n', { sequence: number(sequence), shard }), ''],
  ]);
  fill(
    root,
    el('p', { class: 'choices' }, near(-1, `‹ ${t('event_before')}`), near(1, `${t('event_after')} ›`)),
    body,
  );
  let done = false;
  return async (signal) => {
    // What is recorded never changes.
    if (done) return undefined;
    if (!getViewer().readsLog) return void fill(body, el('p', { class: 'banner warn' }, t('no_log')));
    const found = await fetchEvent(shard, sequence, signal);
    if (!found) throw new Problem(404, 'NOT_FOUND', '');
    fill(body, await eventNodes({ shard: Number(shard), ...found }, signal));
    done = true;
    return undefined;
  };
}
