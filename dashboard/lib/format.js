// Figures as people read them. Amounts are sen in text, of any size: BigInt, never Number.
import { locale, t } from './words.js';

const DASH = '–';

// 150000000 -> "1.500.000,00"; without sen where there are none.
function grouped(sen, exponent = 2) {
  const value = BigInt(sen);
  const unit = 10n ** BigInt(exponent);
  const whole = (value < 0n ? -value : value) / unit;
  const rest = (value < 0n ? -value : value) % unit;
  const fraction = rest === 0n ? '' : `,${rest.toString().padStart(exponent, '0')}`;
  const text = whole.toString().replace(/\B(?=(\d{3})+$)/g, '.');
  return `${value < 0n ? '−' : ''}${text}${fraction}`;
}

// The whole amount: "Rp1.768.209.000".
export function money(sen, currency = 'IDR') {
  if (sen === null || sen === undefined) return DASH;
  const text = grouped(sen);
  const sign = text.startsWith('−') ? '−' : '';
  return `${sign}${currency === 'IDR' || !currency ? 'Rp' : `${currency} `}${text.slice(sign.length)}`;
}

// value / unit with at most two decimals and three digits that count, cut off, in id-ID.
function scaled(value, unit) {
  const hundredths = (value * 100n) / unit;
  const whole = hundredths / 100n;
  const rest = hundredths % 100n;
  const decimals = whole >= 100n ? 0 : whole >= 10n ? 1 : 2;
  const fraction = rest.toString().padStart(2, '0').slice(0, decimals).replace(/0+$/, '');
  const text = whole.toString().replace(/\B(?=(\d{3})+$)/g, '.');
  return fraction ? `${text},${fraction}` : text;
}

const STEPS = [
  [10n ** 12n, 'T'],
  [10n ** 9n, 'M'],
  [10n ** 6n, 'jt'],
  [10n ** 3n, 'rb'],
];

function compact(value) {
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '−' : '';
  for (const [unit, name] of STEPS) {
    if (size >= unit) return `${sign}${scaled(size, unit)} ${name}`;
  }
  return `${sign}${size}`;
}

// "Rp1,76 M": thousands rb, millions jt, thousand millions M, millions of millions T.
export function shortMoney(sen) {
  if (sen === null || sen === undefined) return DASH;
  const value = BigInt(sen) / 100n;
  const text = compact(value < 0n ? -value : value);
  return `${value < 0n ? '−' : ''}Rp${text}`;
}

export function number(value) {
  if (value === null || value === undefined) return DASH;
  return grouped(value, 0);
}

export const shortNumber = (value) => compact(BigInt(value));

// Parts of a million as percent.
export function percent(ppm, signed = false) {
  if (ppm === null || ppm === undefined) return DASH;
  const tenths = Math.round(Number(ppm) / 1000);
  const size = Math.abs(tenths);
  const sign = tenths < 0 ? '−' : signed && tenths > 0 ? '+' : '';
  const whole = String(Math.floor(size / 10)).replace(/\B(?=(\d{3})+$)/g, '.');
  return `${sign}${whole},${size % 10} %`;
}

// What one amount is of another, in parts of a million; null of nothing.
export function shareOf(part, whole) {
  return BigInt(whole) === 0n ? null : Number((BigInt(part) * 1000000n) / BigInt(whole));
}

// How much more `now` is than `before`, in parts of a million; null where there was nothing.
export function changeOf(now, before) {
  return BigInt(before) <= 0n ? null : Number(((BigInt(now) - BigInt(before)) * 1000000n) / BigInt(before));
}

// Where an amount is drawn, not told: a height needs no more digits than a screen has.
export const heightOf = (sen) => Number(BigInt(sen) / 100n);

const UNITS = [
  [86400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
  [1, 'seconds'],
];

// Microseconds as "3 jam".
export function duration(micros) {
  const seconds = Number(BigInt(micros) / 1000000n);
  for (const [size, name] of UNITS) {
    if (seconds >= size) return `${number(Math.floor(seconds / size))} ${t(name)}`;
  }
  return t('under_a_second');
}

// Microseconds since 1970 as a time of the viewer's clock.
export function moment(micros) {
  if (!micros || String(micros) === '0') return DASH;
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(Number(BigInt(micros) / 1000n)));
}

export const ageOf = (micros) => BigInt(Date.now()) * 1000n - BigInt(micros);

export function hex(base64) {
  return Array.from(atob(base64), (c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

export { DASH };
