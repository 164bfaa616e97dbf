// Names of regions, which the server knows, and the way down to one.
import { get } from './api.js';
import { link } from './router.js';
import { getViewer } from './viewer.js';
import { placeName, t } from './words.js';

export const REGION = /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/;
const MOST_CODES = 100;
const names = new Map();

// What an answer or a row says of its region.
export function remember(answers) {
  for (const { of } of answers) if (of.name && of.subject.region) names.set(of.subject.region, of.name);
}

export function rememberFound(regions) {
  for (const { region, name, within } of regions) {
    for (const one of [{ region, name }, ...within]) if (one.name) names.set(one.region, one.name);
  }
}

export const placeText = (code) => (names.has(code) ? placeName(names.get(code)) : code);

// 32.04 and 32 of 32.04.
function pathTo(code) {
  const parts = code === 'ID' ? [] : code.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

// "Cileunyi Kulon, Cileunyi, Kabupaten Bandung, Jawa Barat".
export const placeLine = (code) =>
  pathTo(code)
    .reverse()
    .filter((part) => names.has(part))
    .map(placeText)
    .join(', ') || code;

// Asks for the names of regions, and of what they lie in, that are not known.
export async function learnPlaces(codes, signal) {
  const missing = [...new Set([codes].flat())].filter((code) => REGION.test(code) && !names.has(code));
  // A code that is not in the list still lies in some that are.
  const wanted = [...new Set(missing.flatMap(pathTo))].filter((code) => !names.has(code));
  for (let i = 0; i < wanted.length; i += MOST_CODES) {
    const code = wanted.slice(i, i + MOST_CODES).join(',');
    rememberFound((await get('/v1/regions', { code }, signal)).regions);
  }
}

// What the viewer may not open is named without a link.
export const crumbsOf = (code) => [
  [t('indonesia'), link('')],
  ...pathTo(code).map((part) => [placeText(part), getViewer().mayOpen(part) ? link(`region/${part}`) : '']),
];
