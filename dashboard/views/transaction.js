// A transaction by its id: the event that recorded it.
import { get } from '../lib/api.js';
import { eventNodes } from '../lib/event_parts.js';
import { el, fill } from '../lib/dom.js';
import { link } from '../lib/router.js';
import { t } from '../lib/words.js';

export default function transactionView(route, root, page) {
  const { id } = route.places;
  const { cooperative = '' } = route.query;
  const body = el('div', {});
  page.title(t('transaction'), id);
  page.crumbs([
    [t('indonesia'), link('')],
    [t('cooperative_n', { number: cooperative }), link(`cooperative/${cooperative}`)],
    [t('transaction'), ''],
  ]);
  fill(root, body);
  let done = false;
  return async (signal) => {
    if (done) return;
    const { result, event, bytes } = await get(
      `/v1/transactions/${encodeURIComponent(id)}`,
      { cooperative },
      signal,
    );
    fill(
      body,
      await eventNodes(
        { shard: result.shard, sequence: result.sequence, hash: result.hash, event, bytes },
        signal,
      ),
    );
    done = true;
  };
}
