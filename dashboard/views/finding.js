// One finding: what it says, the events that show it, and what people said of it.
import { get, serves } from '../lib/api.js';
import { acknowledgeForm } from '../lib/acknowledge.js';
import { asOfNode, eventLink } from '../lib/asof.js';
import { dayName } from '../lib/days.js';
import { el, fill } from '../lib/dom.js';
import { card, factsNode } from '../lib/facts.js';
import { daysText, severityBadge, whereNode } from '../lib/findings.js';
import { hex, moment, money, number } from '../lib/format.js';
import { link } from '../lib/router.js';
import { getViewer } from '../lib/viewer.js';
import { nameOf, ofBoth, t } from '../lib/words.js';

const eventItem = ({ shard, sequence, hash }) =>
  el(
    'li',
    {},
    eventLink({ shard, sequence }, t('event_n', { sequence: number(sequence), shard })),
    ' ',
    el('code', {}, hex(hash)),
  );

function figureText(figure) {
  if (figure.amount !== undefined) return money(figure.amount, figure.currency);
  if (figure.number !== undefined) return number(figure.number);
  return figure.date !== undefined ? dayName(figure.date) : figure.text;
}

const reasonText = ({ name, value }) => {
  const known = nameOf('reason', name);
  return known === name ? `${name} ${value}` : known;
};

const acknowledgement = ({ commandId, actor, recordedAt, event, values, documentDigest }) =>
  el(
    'li',
    { 'data-command': commandId },
    el('strong', {}, values.map(reasonText).join('; ')),
    ` · ${actor}, ${moment(recordedAt)} · `,
    eventLink(event, `${t('sequence')} ${number(event.sequence)}`),
    documentDigest && [el('br', {}), `${t('document_digest')}: `, el('code', {}, hex(documentDigest))],
  );

function factsOf(finding) {
  return [
    [t('severity'), severityBadge(finding.severity)],
    [t('cooperative'), whereNode(finding)],
    [t('about_days'), daysText(finding)],
    [t('found_at'), moment(finding.foundAt)],
    [t('resolved'), finding.resolvedAt === '0' ? t('no') : moment(finding.resolvedAt)],
    [t('acknowledged'), t(finding.acknowledged ? 'yes' : 'no')],
    [t('rule'), finding.rule],
    ...finding.figures.map((figure) => [figure.name, figureText(figure)]),
  ];
}

function layOut(root) {
  const parts = {
    asOf: asOfNode(),
    facts: factsNode(),
    lead: el('p', { class: 'lead' }),
    evidence: el('section', { class: 'card' }),
    said: el('div', {}),
    // Filled once: somebody may be typing in it.
    form: el('div', {}),
  };
  fill(
    root,
    parts.asOf.node,
    el('section', { class: 'card', 'aria-label': t('finding') }, parts.lead, parts.facts.node),
    parts.evidence,
    card(t('acknowledgements'), parts.said, parts.form),
  );
  return parts;
}

function show({ finding, asOf }, parts) {
  parts.facts.set(factsOf(finding));
  fill(parts.lead, ofBoth(finding, 'text'));
  fill(
    parts.evidence,
    el('h2', {}, t('evidence', { count: number(finding.events) })),
    el('ul', { class: 'plain' }, finding.evidence.map(eventItem)),
  );
  fill(
    parts.said,
    finding.acknowledgements.length
      ? el('ul', { class: 'plain' }, finding.acknowledgements.map(acknowledgement))
      : el('p', { class: 'none' }, t('unacknowledged')),
  );
  parts.asOf.set([{ asOf }]);
}

// A chain that is broken is nothing that somebody can say to have looked at.
const mayAcknowledge = ({ rule, cooperative }) =>
  rule !== 'broken-link' && getViewer().mayAttest(cooperative);

export default function findingView(route, root, page) {
  const parts = layOut(root);
  // What was sent from here: its id, and the event that recorded it.
  let recorded = null;
  page.title(t('finding'), '');
  page.crumbs([
    [t('indonesia'), link('')],
    [t('findings'), link('findings')],
    [t('finding'), ''],
  ]);

  function offer(finding) {
    if (parts.form.hasChildNodes()) return;
    const sent = (result, id) => {
      recorded = { id, sequence: result.sequence };
      // Should that fail, the page asks again by itself.
      load().catch(() => {});
    };
    fill(
      parts.form,
      mayAcknowledge(finding)
        ? [el('h3', {}, t('acknowledge_title')), acknowledgeForm(finding, sent)]
        : el('p', { class: 'hint' }, t('acknowledge_who')),
    );
  }

  async function load(signal) {
    const { cooperative } = route.query;
    const answer = await get(
      `/v1/findings/${encodeURIComponent(route.places.id)}`,
      // Not before the audit knows what was recorded here.
      { cooperative, at_least_sequence: cooperative && recorded?.sequence },
      signal,
    );
    const { finding } = answer;
    page.title(ofBoth(finding, 'title'), '');
    show(answer, parts);
    if (finding.acknowledgements.some(({ commandId }) => commandId === recorded?.id)) {
      recorded = null;
      fill(parts.form, el('p', { class: 'banner good', role: 'status' }, t('acknowledge_done')));
    }
    offer(finding);
  }

  return async (signal) => {
    if (!(await serves('audit', signal)))
      return void fill(root, el('p', { class: 'banner warn' }, t('findings_not_served')));
    return load(signal);
  };
}
