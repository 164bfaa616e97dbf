// Finds regions by code or name, cooperatives by number. There is no list of names to ask the server
// for, so provinces and regencies are fetched once, when a name is searched first.
import { get, getIfAny } from './api.js';
import { link } from './router.js';
import { knownPlaces, remember } from './places.js';
import { placeName, t } from './words.js';

const CODE = /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/;
const MOST = 50;
let fetched = null;

async function fetchChildren(region, signal) {
  const { list } = await get(
    `/v1/regions/${region}/children`,
    { measure: 'cooperatives', day: 20260101, limit: 1000 },
    signal,
  );
  remember(list);
  return list.map(({ of }) => of.subject.region);
}

async function fetchNames(signal) {
  const provinces = await fetchChildren('ID', signal);
  for (let i = 0; i < provinces.length; i += 8) {
    await Promise.all(provinces.slice(i, i + 8).map((code) => fetchChildren(code, signal)));
  }
}

const level = (code) => code.split('.').length;

// [{label, note, href}]
export async function find(text, signal) {
  const wanted = text.trim();
  const found = [];
  if (/^\d{1,12}$/.test(wanted)) {
    const cooperative = await getIfAny(`/v1/cooperatives/${BigInt(wanted)}`, {}, signal);
    if (cooperative)
      found.push({
        label: t('cooperative_n', { number: wanted }),
        note: cooperative.versions.at(-1)?.villageCode,
        href: link(`cooperative/${BigInt(wanted)}`),
      });
  }
  if (CODE.test(wanted)) {
    const region = await getIfAny(`/v1/regions/${wanted}/freshness`, {}, signal);
    if (region)
      found.push({
        label: region.of.name ? placeName(region.of.name) : wanted,
        note: `${t(`level_${level(wanted)}`)} ${wanted}`,
        href: link(`region/${wanted}`),
      });
  }
  if (/[a-z]/i.test(wanted)) {
    fetched = fetched || fetchNames(signal);
    try {
      await fetched;
    } catch (error) {
      fetched = null;
      throw error;
    }
    const words = wanted.toLowerCase();
    const hits = knownPlaces()
      .filter(([, name]) => name.toLowerCase().includes(words))
      .sort(([a], [b]) => level(a) - level(b) || a.localeCompare(b));
    found.push(
      ...hits.slice(0, MOST).map(([code, name]) => ({
        label: placeName(name),
        note: `${t(`level_${level(code)}`)} ${code}`,
        href: link(`region/${code}`),
      })),
    );
  }
  return found;
}
