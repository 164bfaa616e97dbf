// Names of regions that have been heard, and the way down to one.
import { getIfAny } from './api.js';
import { link } from './router.js';
import { placeName, t } from './words.js';

const names = new Map();

// What an answer or a row says of its region.
export function remember(answers) {
  for (const { of } of answers) if (of.name && of.subject.region) names.set(of.subject.region, of.name);
}

export const knownPlaces = () => [...names];
export const placeText = (code) => (names.has(code) ? placeName(names.get(code)) : code);

// 32.04 and 32 of 32.04.
function pathTo(code) {
  const parts = code === 'ID' ? [] : code.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

// Asks for the names on the way to a region that are not known; who may not see regions goes without.
export async function learnPlaces(code, signal) {
  const missing = pathTo(code).filter((part) => !names.has(part));
  if (!missing.length) return;
  const first = await getIfAny(`/v1/regions/${missing[0]}/freshness`, {}, signal);
  if (!first) return;
  const rest = await Promise.all(
    missing.slice(1).map((part) => getIfAny(`/v1/regions/${part}/freshness`, {}, signal)),
  );
  remember([first, ...rest].filter(Boolean));
}

export const crumbsOf = (code) => [
  [t('indonesia'), link('')],
  ...pathTo(code).map((part) => [placeText(part), link(`region/${part}`)]),
];
