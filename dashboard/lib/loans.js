// Loans of banks to a cooperative, in rows; what the bank says of them, and what fell due and was paid.
import { dayName } from './days.js';
import { el } from './dom.js';
import { amountCell, shortCell } from './facts.js';
import { DASH, number } from './format.js';
import { link } from './router.js';
import { numberColumn, tableNode } from './table.js';
import { nameOf, t } from './words.js';

// From grade 3 on a loan counts as non-performing.
const tones = ['', 'good', 'warn', 'bad', 'bad', 'bad'];

export const lenderText = (lender) => nameOf('lender', lender);

export function gradeBadge({ grade, status }) {
  if (!grade) return el('span', { class: 'none' }, t('no_status'));
  const text = `${grade} ${t(`grade_${grade}`)}`;
  return [
    el('span', { class: `badge ${tones[grade]}` }, text),
    status.daysPastDue ? ` ${t('days_late', { days: number(status.daysPastDue) })}` : '',
  ];
}

// What fell due and was not paid; nothing where more was paid than that.
export function arrearsOf({ due, paid }) {
  const missing = BigInt(due) - BigInt(paid);
  return String(missing > 0n ? missing : 0n);
}

export const outstandingOf = ({ status }) => status?.outstanding.principal ?? null;

const currencyOf = ({ granted }) => granted.currency || 'IDR';

export function loansTable(cooperative) {
  const loan = ({ granted }) => granted.loan;
  const amount = (key, value, cell = shortCell) =>
    numberColumn(key, t(key), value, (row) => {
      const sen = value(row);
      if (sen === null) return DASH;
      return currencyOf(row) === 'IDR' ? cell(sen) : amountCell(sen, currencyOf(row));
    });
  return tableNode({
    caption: t('bank_loans_list'),
    csvFile: `lumbung-${cooperative}-loans.csv`,
    empty: t('no_loans'),
    first: { key: 'loan' },
    key: loan,
    columns: [
      {
        key: 'loan',
        label: t('loan'),
        csvName: 'loan',
        csv: loan,
        sort: (row) => BigInt(loan(row)),
        cell: (row) => [
          el('a', { href: link(`cooperative/${cooperative}/loan/${loan(row)}`) }, `${t('loan')} ${loan(row)}`),
          el('p', { class: 'hint' }, `${lenderText(row.granted.lender)}, ${row.granted.scheme}`),
        ],
      },
      amount('loan_principal', ({ granted }) => granted.principal),
      amount('loan_outstanding', outstandingOf),
      amount('loan_arrears', arrearsOf),
      {
        key: 'grade',
        label: t('loan_grade'),
        csvName: 'days_past_due',
        csv: ({ status }) => status?.daysPastDue ?? '',
        sort: ({ status }) => (status ? BigInt(status.daysPastDue) : null),
        cell: gradeBadge,
      },
      {
        key: 'next_due',
        label: t('next_due'),
        nowrap: true,
        csvName: 'next_due',
        csv: ({ nextDueDate }) => nextDueDate || '',
        cell: ({ nextDueDate }) => dayName(nextDueDate),
      },
    ],
  });
}
