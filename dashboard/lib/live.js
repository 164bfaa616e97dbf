// Hears how far the projections are, and tells the pages when there is something new. An EventSource
// can't send a token, so the stream is read by fetch; where there is none to be had, it asks.
import { get, headers } from './api.js';

const POLL = 2000;
const RETRY = 1500;
const listeners = new Set();
let state = { mode: 'connecting', projections: [] };
let stopper = null;

function tell(change) {
  state = { ...state, ...change };
  for (const listener of listeners) listener(state);
}

const pause = (time, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, time);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });

// Takes what a stream has so far; what is left of it.
function takeEvents(text) {
  const events = text.split('\n\n');
  const rest = events.pop();
  for (const event of events) {
    const data = event
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => line.slice(6))
      .join('\n');
    if (data) tell({ mode: 'live', projections: JSON.parse(data).projections });
  }
  return rest;
}

async function read(response, signal) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!signal.aborted) {
    const { value, done } = await reader.read();
    if (done) return;
    text = takeEvents(text + value);
  }
}

async function listen(signal) {
  const response = await fetch('/v1/projections', {
    headers: headers('text/event-stream'),
    signal,
    cache: 'no-store',
  });
  const type = response.headers.get('Content-Type') || '';
  if (response.ok && type.startsWith('text/event-stream')) return read(response, signal);
  if ([401, 403, 404].includes(response.status)) {
    tell({ mode: response.status === 404 ? 'none' : 'denied', projections: [] });
    return pause(POLL * 5, signal);
  }
  const { projections } = await get('/v1/projections', {}, signal);
  tell({ mode: 'polling', projections });
  return pause(POLL, signal);
}

async function run(signal) {
  while (!signal.aborted) {
    try {
      await listen(signal);
    } catch {
      if (!signal.aborted) tell({ mode: 'lost' });
    }
    if (!signal.aborted && state.mode !== 'polling') await pause(RETRY, signal);
  }
}

// Begins anew: with another token there may be another answer. A page that nobody looks at hears
// nothing.
export function restart() {
  if (stopper) stopper.abort();
  stopper = null;
  if (document.hidden) return;
  stopper = new AbortController();
  run(stopper.signal);
}

// Calls `listener` with every state, now and later; what ends that.
export function onLive(listener) {
  listeners.add(listener);
  listener(state);
  return () => listeners.delete(listener);
}

// What says of a state whether there is something new: the positions of all projections.
export const positionsOf = ({ projections }) =>
  projections
    .map(({ name, asOf }) => `${name}:${asOf.map(({ shard, sequence }) => `${shard}/${sequence}`).join(',')}`)
    .join(' ');

export function start() {
  document.addEventListener('visibilitychange', restart);
  restart();
}
