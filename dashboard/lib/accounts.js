// Names of accounts' codes, by the chart that the ledger holds: asked for once each.
import { getIfAny } from './api.js';
import { ofBoth } from './words.js';

const codes = new Map();

// Fetches the names of these codes of a cooperative that are not known.
export async function learnCodes(cooperative, wanted, signal) {
  const missing = [...new Set(wanted)].filter((code) => !codes.has(code));
  await Promise.all(
    missing.map(async (code) => {
      const answer = await getIfAny(
        `/v1/cooperatives/${cooperative}/accounts`,
        { code, page_size: 1 },
        signal,
      );
      const account = answer?.accounts.find(({ balance }) => balance.account.code === code);
      if (account) codes.set(code, account);
    }),
  );
}

export const codeName = (code) => (codes.has(code) ? ofBoth(codes.get(code), 'name') : '');
export const exponentOf = (code) => codes.get(code)?.exponent ?? 2;

// "10001:2111:184", with its currency where that is not rupiah.
export const accountText = ({ cooperative, code, holder, currency }) =>
  [cooperative, code, holder || '0', ...(currency && currency !== 'IDR' ? [currency] : [])].join(':');
