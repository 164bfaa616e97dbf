// What regions, cooperatives and outlets have in common: figures of a period and what they are held
// against, charts of hours, days and channels.
import { get, pathOf } from './api.js';
import { against } from './figures.js';
import { addDays, shortDay, weekday } from './days.js';
import { before, daysQuery, periodText } from './period.js';
import { duration, heightOf, money, number, percent, shareOf, shortMoney, shortNumber } from './format.js';
import { chartNode } from './chart.js';
import { el } from './dom.js';
import { getViewer } from './viewer.js';
import { nameOf, t } from './words.js';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MOST_DAYS = 31;

// The newest business day that is known: of the nation where the viewer may see it.
export async function freshnessOf(subject, signal) {
  const own = await get(`${pathOf(subject)}/freshness`, {}, signal);
  const computed = BigInt(own.asOf[0]?.sequence ?? 0) !== 0n;
  if (subject.region === 'ID' || !getViewer().readsAll || !computed)
    return { own, newest: own.businessDate };
  const nation = await get('/v1/regions/ID/freshness', {}, signal);
  return { own, newest: Math.max(own.businessDate, nation.businessDate) };
}

export async function flowsOf(subject, period, signal) {
  const path = pathOf(subject);
  const earlier = before(period);
  const ask = (days) => get(`${path}/performance`, daysQuery(days), signal);
  const hours = (day) => get(`${path}/hours`, { day }, signal);
  const [now, was, today, weekAgo] = await Promise.all([
    ask(period),
    ask(earlier),
    period.one ? hours(period.from) : null,
    period.one ? hours(addDays(period.from, -7)) : null,
  ]);
  const days = period.one ? [] : await dailyOf(path, period, signal);
  return { now, was, earlier, today, weekAgo, days };
}

// Each day of a period that is not too long, a few at a time.
async function dailyOf(path, { from, to }, signal) {
  const days = [];
  for (let day = from; day <= to && days.length < MOST_DAYS; day = addDays(day, 1)) days.push(day);
  if (days.at(-1) !== to) return [];
  const told = [];
  for (let i = 0; i < days.length; i += 8) {
    const part = days.slice(i, i + 8).map((day) => get(`${path}/performance`, { day }, signal));
    told.push(...(await Promise.all(part)).map(({ figures }) => figures));
  }
  return told;
}

// Of a flow in which nothing happened nothing is known.
const amountOf = (flow, field) => (flow.transactions === '0' ? null : flow[field]);

export function flowFigures({ now, was, earlier }, period, links = {}) {
  const { flow, activity, activeMembers, standing } = now.figures;
  const then = was.figures;
  const day = period.one ? `${weekday(earlier.from)} ${shortDay(earlier.from)}` : periodText(earlier);
  const thenOf = (field) => amountOf(then.flow, field);
  const members = amountOf(flow, 'memberTurnover');
  const share = members === null ? null : shareOf(members, flow.turnover);
  const idle = flow.transactions === '0';
  const cooperatives = standing && standing.cooperatives !== '0' && activity.cooperatives !== '0';
  return [
    {
      id: 'turnover',
      label: t('turnover'),
      href: links.turnover,
      ...amount(amountOf(flow, 'turnover')),
      ...against(amountOf(flow, 'turnover'), thenOf('turnover'), day),
    },
    {
      id: 'transactions',
      label: t('transactions'),
      value: idle ? null : number(flow.transactions),
      ...against(idle ? null : flow.transactions, then.flow.transactions, day),
    },
    {
      id: 'member_turnover',
      label: t('member_turnover'),
      href: links.members,
      ...amount(members),
      note: share === null ? null : t('of_turnover', { share: percent(share) }),
    },
    links.cooperative || !standing
      ? null
      : {
          id: 'active_cooperatives',
          label: t('active_cooperatives'),
          value: cooperatives ? number(activity.cooperatives) : null,
          note:
            standing.cooperatives === '0'
              ? null
              : t('of_registered', { count: number(standing.cooperatives) }),
        },
    links.outlet
      ? null
      : {
          id: 'active_outlets',
          label: t('active_outlets'),
          value: idle ? null : number(activity.outlets),
          note: standing && t('of_registered', { count: number(standing.openOutlets) }),
        },
    {
      id: 'active_members',
      label: t('active_members'),
      value: activeMembers.members === '0' ? null : number(activeMembers.members),
      note: activeMembers.errorPpm === '0' ? null : t('estimate', { error: percent(activeMembers.errorPpm) }),
    },
  ];
}

export const amount = (sen) =>
  sen === null || sen === undefined ? { value: null } : { value: shortMoney(sen), title: money(sen) };

export function standingFigures({ figures }) {
  const { standing } = figures;
  const some = standing.cooperatives !== '0';
  const sum = (list) => list.reduce((total, one) => total + BigInt(one), 0n).toString();
  const outstanding = sum(standing.outstanding);
  const due = standing.instalmentsDue !== '0';
  const of = (id, sen, note) => ({ id, label: t(id), ...amount(some ? sen : null), note });
  const grades = standing.outstanding
    .slice(2)
    .map((sen, i) => [i + 3, sen])
    .filter(([, sen]) => sen !== '0');
  return [
    of('principal_dues', standing.principalDues),
    of('mandatory_dues', standing.mandatoryDues),
    of('voluntary_savings', standing.voluntarySavings),
    of('term_savings', standing.termSavings),
    of('member_loans', standing.memberLoans),
    of('bank_loans', standing.bankLoans),
    of('outstanding', outstanding === '0' ? null : outstanding),
    {
      id: 'npl_share',
      label: t('npl_share'),
      value: standing.nplPpm === undefined ? null : percent(standing.nplPpm),
      note: grades.map(([grade, sen]) => `${t(`grade_${grade}`)} ${shortMoney(sen)}`).join(', '),
    },
    {
      id: 'repayment_share',
      label: t('repayment_share'),
      value: due && standing.repaymentPpm !== undefined ? percent(standing.repaymentPpm) : null,
      note: due
        ? t('instalments', {
            paid: shortMoney(standing.instalmentsPaid),
            due: shortMoney(standing.instalmentsDue),
          })
        : null,
    },
    of('intercepts', figures.intercepts),
    {
      id: 'confirmed_share',
      label: t('confirmed_share'),
      value: standing.confirmedPpm === undefined ? null : percent(standing.confirmedPpm),
      note:
        standing.bankAccounts === '0'
          ? null
          : t('instalments', {
              paid: number(standing.confirmedBankAccounts),
              due: number(standing.bankAccounts),
            }),
    },
  ];
}

export function lagNote({ figures }) {
  if (figures.lag.transactions === '0') return null;
  return t('lag_text', {
    p50: duration(figures.lag.p50),
    p99: duration(figures.lag.p99),
    late: number(figures.late),
  });
}

const told = {
  value: (sen) => (sen === null ? t('no_data') : money(sen)),
  axis: (height) => `Rp${shortNumber(BigInt(Math.round(height)))}`,
};

const seriesOf = (name, type, values) => ({
  name,
  type,
  values,
  heights: values.map((sen) => (sen === null ? null : heightOf(sen))),
});

function byHour({ today, weekAgo }) {
  const turnover = (answer) => new Map(answer.hours.map(({ hour, flow }) => [hour ?? -1, flow.turnover]));
  const [now, was] = [turnover(today), turnover(weekAgo)];
  const unknown = [now.get(-1), was.get(-1)].some((sen) => sen && sen !== '0');
  const hours = unknown ? [...HOURS, -1] : HOURS;
  return {
    head: t('hour'),
    told,
    categories: hours.map((hour) => (hour < 0 ? t('unknown_hour') : `${String(hour).padStart(2, '0')}.00`)),
    series: [
      seriesOf(
        t('this_day'),
        'bar',
        hours.map((hour) => now.get(hour) ?? null),
      ),
      seriesOf(
        t('week_before'),
        'line',
        hours.map((hour) => was.get(hour) ?? null),
      ),
    ],
  };
}

const byDay = (days) => ({
  head: t('day'),
  told,
  categories: days.map(({ fromDate }) => shortDay(fromDate)),
  series: [
    seriesOf(
      t('turnover'),
      'bar',
      days.map(({ flow }) => amountOf(flow, 'turnover')),
    ),
  ],
});

function byChannel({ figures }) {
  const list = figures.channels
    .filter(({ flow }) => flow.turnover !== '0')
    .sort((a, b) => (BigInt(a.flow.turnover) < BigInt(b.flow.turnover) ? 1 : -1));
  return {
    head: t('channel'),
    told,
    horizontal: true,
    categories: list.map(({ channel }) => nameOf('channel', channel)),
    series: [
      seriesOf(
        t('turnover'),
        'bar',
        list.map(({ flow }) => flow.turnover),
      ),
    ],
  };
}

// The two charts of a subject.
export function flowCharts() {
  const times = chartNode(t('by_hour'), true);
  const channels = chartNode(t('channels'));
  const head = el('h2', {}, t('by_hour'));
  return {
    nodes: [
      el('section', { class: 'card wide' }, head, times.node),
      el('section', { class: 'card' }, el('h2', {}, t('channels')), channels.node),
    ],
    set(flows, period) {
      head.textContent = period.one ? t('by_hour') : t('by_day');
      times.set(period.one ? byHour(flows) : byDay(flows.days));
      channels.set(byChannel(flows.now));
    },
  };
}
