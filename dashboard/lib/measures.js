// What regions can be compared by: the API's measures, and how each is told.
import { duration, money, number, percent, shortMoney, DASH } from './format.js';

const of = (kind, standing, ...names) => names.map((name) => [name, { name, kind, standing }]);

// standing: how things stand at the end of a day, rather than what came to pass.
export const measures = new Map([
  ...of('money', false, 'turnover', 'member_turnover', 'surplus', 'intercepts'),
  ...of(
    'count',
    false,
    'transactions',
    'sales',
    'late',
    'reversals',
    'active_members',
    'active_cooperatives',
    'active_outlets',
  ),
  ...of('lag', false, 'lag_p50', 'lag_p99'),
  ...of(
    'money',
    true,
    'principal_dues',
    'mandatory_dues',
    'voluntary_savings',
    'term_savings',
    'member_loans',
    'bank_loans',
    'outstanding',
  ),
  ...of('share', true, 'npl_share', 'repayment_share', 'confirmed_share'),
  ...of('count', true, 'cooperatives', 'dormant_week', 'dormant_month', 'open_outlets'),
]);

export const measureOf = (query) => (measures.has(query.measure) ? query.measure : 'turnover');

const tellers = {
  money: [money, shortMoney],
  count: [number, number],
  share: [percent, percent],
  lag: [duration, duration],
};

export function tell(measure, value, short = false) {
  if (value === null || value === undefined) return DASH;
  return tellers[measures.get(measure).kind][short ? 1 : 0](value);
}

// The value of a row, or null where there is none to speak of: a region in which nothing came to
// pass has no turnover, rather than one of zero. `row`: {transactions, cooperatives, [measure]}.
export function valueOf(row, measure) {
  const basis = measures.get(measure).standing ? row.cooperatives : row.transactions;
  if (measure !== 'cooperatives' && (basis === undefined || BigInt(basis) === 0n)) return null;
  return row[measure] ?? null;
}
