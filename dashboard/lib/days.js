// Business days: numbers as 20260525, which belong to no time zone.
import { locale } from './words.js';

const utc = (day) =>
  new Date(Date.UTC(Math.floor(day / 10000), (Math.floor(day / 100) % 100) - 1, day % 100));
const fromUtc = (date) => date.getUTCFullYear() * 10000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();

export function addDays(day, count) {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + count);
  return fromUtc(date);
}

// How many days, the first and the last counted.
export const daysBetween = (from, to) => Math.round((utc(to) - utc(from)) / 86400000) + 1;

export function dayName(
  day,
  options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
) {
  if (!day) return '–';
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' }).format(utc(day));
}

export const shortDay = (day) => dayName(day, { day: 'numeric', month: 'short' });
export const plainDay = (day) => dayName(day, { day: 'numeric', month: 'short', year: 'numeric' });
export const weekday = (day) => dayName(day, { weekday: 'long' });

// As <input type=date> has it, and back; 0 where it is none.
export const toInput = (day) => (day ? utc(day).toISOString().slice(0, 10) : '');
export function fromInput(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Number(text.replaceAll('-', '')) : 0;
}

// Whether a text of the address is a day.
export function parseDay(text) {
  if (!/^\d{8}$/.test(text || '')) return 0;
  const day = Number(text);
  return fromUtc(utc(day)) === day ? day : 0;
}

// The day in the easternmost of Indonesia's time zones: the newest that anybody may be at.
export const newestToday = () => fromUtc(new Date(Date.now() + 9 * 3600 * 1000));
