// Finds regions by code or name, cooperatives by number, among what the viewer may see.
import { get, getIfAny } from './api.js';
import { number } from './format.js';
import { REGION, learnPlaces, placeLine, rememberFound } from './places.js';
import { link } from './router.js';
import { getViewer } from './viewer.js';
import { placeName, t } from './words.js';

const MOST = 50;
const LEAST_LETTERS = 2;

const level = (code) => code.split('.').length;

function hitOf({ region, name, within }) {
  const where = within.map((one) => placeName(one.name)).reverse();
  return {
    label: placeName(name),
    note: [t(`level_${level(region)}`), ...where, region].join(' · '),
    href: link(`region/${region}`),
  };
}

async function cooperativeOf(text, signal) {
  const cooperative = await getIfAny(`/v1/cooperatives/${BigInt(text)}`, {}, signal);
  if (!cooperative) return [];
  const village = cooperative.versions.at(-1)?.villageCode || '';
  await learnPlaces(village, signal);
  return [
    {
      label: t('cooperative_n', { number: BigInt(text) }),
      note: placeLine(village),
      href: link(`cooperative/${BigInt(text)}`),
    },
  ];
}

async function regionsOf(parameters, signal) {
  const { regions, total } = await get('/v1/regions', parameters, signal);
  rememberFound(regions);
  return { hits: regions.filter(({ region }) => getViewer().mayOpen(region)).map(hitOf), total };
}

// {hits: [{label, note, href}], more: what is to be said where there are more}
export async function find(text, signal) {
  const wanted = text.trim();
  const hits = [];
  if (/^\d{1,12}$/.test(wanted)) hits.push(...(await cooperativeOf(wanted, signal)));
  if (REGION.test(wanted)) hits.push(...(await regionsOf({ code: wanted }, signal)).hits);
  if (!/[a-z]/i.test(wanted) || wanted.length < LEAST_LETTERS) return { hits, more: '' };
  const named = await regionsOf({ name: wanted, limit: MOST }, signal);
  const more =
    named.total > named.hits.length
      ? t('more_results', { shown: number(named.hits.length), total: number(named.total) })
      : '';
  return { hits: [...hits, ...named.hits], more };
}
