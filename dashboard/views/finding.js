// One finding: what it says, the events that show it, and what people said of it.
import { get, serves } from '../lib/api.js';
import { asOfNode } from '../lib/asof.js';
import { dayName } from '../lib/days.js';
import { el, fill } from '../lib/dom.js';
import { card, factsNode } from '../lib/facts.js';
import { daysText, severityBadge, whereNode } from '../lib/findings.js';
import { hex, moment, money, number } from '../lib/format.js';
import { link } from '../lib/router.js';
import { ofBoth, t } from '../lib/words.js';

const eventItem = ({ shard, sequence, hash }) =>
  el(
    'li',
    {},
    el(
      'a',
      { href: link(`event/${shard}/${sequence}`) },
      t('event_n', { sequence: number(sequence), shard }),
    ),
    ' ',
    el('code', {}, hex(hash)),
  );

function figureText(figure) {
  if (figure.amount !== undefined) return money(figure.amount, figure.currency);
  if (figure.number !== undefined) return number(figure.number);
  return figure.date !== undefined ? dayName(figure.date) : figure.text;
}

const acknowledgement = ({ actor, recordedAt, event, values }) =>
  el(
    'li',
    {},
    `${actor}, ${moment(recordedAt)}: ${values.map(({ name, value }) => `${name} ${value}`).join('; ')} `,
    el(
      'a',
      { href: link(`event/${event.shard}/${event.sequence}`) },
      `${t('sequence')} ${number(event.sequence)}`,
    ),
  );

export default function findingView(route, root, page) {
  const parts = { facts: factsNode(), asOf: asOfNode() };
  const body = el('div', {});
  page.title(t('finding'), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('findings'), link('findings')],
    [t('finding'), ''],
  ]);
  fill(root, parts.asOf.node, body);
  return async (signal) => {
    if (!(await serves('audit', signal)))
      return void fill(root, el('p', { class: 'banner warn' }, t('findings_not_served')));
    const answer = await get(
      `/v1/findings/${encodeURIComponent(route.places.id)}`,
      { cooperative: route.query.cooperative },
      signal,
    );
    const { finding } = answer;
    page.title(ofBoth(finding, 'title'), '');
    parts.facts.set([
      [t('severity'), severityBadge(finding.severity)],
      [t('cooperative'), whereNode(finding)],
      [t('about_days'), daysText(finding)],
      [t('found_at'), moment(finding.foundAt)],
      [t('resolved'), finding.resolvedAt === '0' ? t('no') : moment(finding.resolvedAt)],
      [t('acknowledged'), t(finding.acknowledged ? 'yes' : 'no')],
      [t('rule'), finding.rule],
      ...finding.figures.map((figure) => [figure.name, figureText(figure)]),
    ]);
    fill(
      body,
      el(
        'section',
        { class: 'card', 'aria-label': t('finding') },
        el('p', { class: 'lead' }, ofBoth(finding, 'text')),
        parts.facts.node,
      ),
      card(
        t('evidence', { count: number(finding.events) }),
        el('ul', { class: 'plain' }, finding.evidence.map(eventItem)),
      ),
      card(
        t('acknowledgements'),
        finding.acknowledgements.length
          ? el('ul', { class: 'plain' }, finding.acknowledgements.map(acknowledgement))
          : el('p', { class: 'none' }, t('unacknowledged')),
        el('p', { class: 'hint' }, t('acknowledge_how')),
      ),
    );
    parts.asOf.set([answer]);
    return undefined;
  };
}
