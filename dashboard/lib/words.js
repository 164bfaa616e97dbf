// The pages' words in the viewer's language.
import { getChoice, setChoice } from './store.js';
import en from './words_en.js';
import id from './words_id.js';

const languages = { id, en };
let language = getChoice('language') === 'en' ? 'en' : 'id';

// t('days'), t('of_total', {shown: 3, total: 9}): "{shown}" in the words is filled in.
export function t(key, values = {}) {
  const text = languages[language][key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// The words, or the name itself where it has none: of what ledgers may add to, such as channels.
export const nameOf = (group, name) => languages[language][`${group}_${name}`] ?? name;

export const locale = () => (language === 'en' ? 'en-GB' : 'id-ID');
export const getLanguage = () => language;
export function setLanguage(value) {
  language = value;
  setChoice('language', value);
}

// What the API has in both languages: nameId and nameEn, titleId and titleEn ...
export const ofBoth = (object, field) => object[`${field}${language === 'en' ? 'En' : 'Id'}`] || '';

// "JAWA BARAT" -> "Jawa Barat", as maps have it.
const KEPT = new Set(['DKI', 'DI', 'DIY']);
export function placeName(name) {
  return name
    .toLowerCase()
    .replace(/[^\s(/-]+/g, (word) =>
      KEPT.has(word.toUpperCase()) ? word.toUpperCase() : word[0].toUpperCase() + word.slice(1),
    );
}
