// Modules of the dashboard that need no browser: figures as text, periods, addresses, CSV, words, and
// the check of an event.
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { attestationOf, digestOf, randomId } from '../../dashboard/lib/acknowledge.js';
import { addDays, daysBetween, parseDay } from '../../dashboard/lib/days.js';
import {
  changeOf,
  duration,
  money,
  number,
  percent,
  shareOf,
  shortMoney,
} from '../../dashboard/lib/format.js';
import { arrearsOf } from '../../dashboard/lib/loans.js';
import { valueOf } from '../../dashboard/lib/measures.js';
import { before, periodOf } from '../../dashboard/lib/period.js';
import { changed, link, parse } from '../../dashboard/lib/router.js';
import { csvOf } from '../../dashboard/lib/table.js';
import { envelopeOf, leafHash, verifyEvent } from '../../dashboard/lib/verify.js';
import { makeViewer } from '../../dashboard/lib/viewer.js';
import { placeName } from '../../dashboard/lib/words.js';
import en from '../../dashboard/lib/words_en.js';
import id from '../../dashboard/lib/words_id.js';

// Debian's node has it under this name only.
globalThis.crypto ??= webcrypto;

test('amounts keep every sen, of any size', () => {
  assert.equal(money('0'), 'Rp0');
  assert.equal(money('176820900050'), 'Rp1.768.209.000,50');
  assert.equal(money('-100'), '−Rp1');
  assert.equal(money('-1'), '−Rp0,01');
  assert.equal(money('123456789012345678901234567890'), 'Rp1.234.567.890.123.456.789.012.345.678,90');
  assert.equal(money('150', 'GBP'), 'GBP 1,50');
  assert.equal(money(undefined), '–');
});

test('short amounts are cut off, never rounded up', () => {
  for (const [sen, text] of [
    ['0', 'Rp0'],
    ['99', 'Rp0'],
    ['99999', 'Rp999'],
    ['100000', 'Rp1 rb'],
    ['199999', 'Rp1,99 rb'],
    ['176820900000', 'Rp1,76 M'],
    ['-6387780130', '−Rp63,8 jt'],
    ['24000000000000000', 'Rp240 T'],
    ['123456700000000000', 'Rp1.234 T'],
  ]) {
    assert.equal(shortMoney(sen), text, sen);
  }
});

test('counts, shares and changes', () => {
  assert.equal(number('1234567'), '1.234.567');
  assert.equal(percent('341397', true), '+34,1 %');
  assert.equal(percent('-5000'), '−0,5 %');
  assert.equal(percent(undefined), '–');
  assert.equal(changeOf('150', '100'), 500000);
  assert.equal(changeOf('1', '0'), null);
  assert.equal(shareOf('1', '0'), null);
  assert.equal(duration('90000000'), '1 menit');
  assert.equal(duration('10'), 'kurang dari sedetik');
});

test('days and periods', () => {
  assert.equal(addDays(20260301, -1), 20260228);
  assert.equal(daysBetween(20260430, 20260502), 3);
  assert.equal(parseDay('20260231'), 0);
  assert.deepEqual(periodOf({}, 20260525), { from: 20260525, to: 20260525, latest: true, one: true });
  assert.deepEqual(periodOf({ last: '7' }, 20260525), {
    from: 20260519,
    to: 20260525,
    latest: true,
    one: false,
  });
  assert.deepEqual(periodOf({ from: '20260502', to: '20260501' }, 20260525), {
    from: 20260525,
    to: 20260525,
    latest: true,
    one: true,
  });
  assert.deepEqual(before({ from: 20260525, to: 20260525 }), { from: 20260518, to: 20260518 });
  assert.deepEqual(before({ from: 20260501, to: 20260508 }), { from: 20260417, to: 20260424 });
});

test('addresses go to pages and back', () => {
  assert.deepEqual(parse('#/region/32.04?measure=sales'), {
    name: 'region',
    path: 'region/32.04',
    query: { measure: 'sales' },
    places: { region: '32.04' },
  });
  assert.equal(parse('#/account/10001:2111:184').places.account, '10001:2111:184');
  assert.equal(parse('').name, 'nation');
  assert.equal(parse('#/%').name, 'missing');
  assert.equal(parse('#/cooperative/x').name, 'missing');
  assert.equal(link('compare', { a: '32', b: '' }), '#/compare?a=32');
  assert.equal(changed(parse('#/region/32?day=20260501'), { day: '', last: 7 }), '#/region/32?last=7');
});

test('no data is not zero', () => {
  assert.equal(valueOf({ transactions: '0', turnover: '0', cooperatives: '3' }, 'turnover'), null);
  assert.equal(valueOf({ transactions: '2', turnover: '0', cooperatives: '3' }, 'turnover'), '0');
  assert.equal(valueOf({ transactions: '0', cooperatives: '0', dormant_week: '0' }, 'dormant_week'), null);
  assert.equal(valueOf({ cooperatives: '0' }, 'cooperatives'), '0');
});

test('CSV quotes what needs it', () => {
  const columns = [
    { csvName: 'name', csv: (row) => row[0] },
    { csvName: 'value', csv: (row) => row[1] },
  ];
  assert.equal(
    csvOf(columns, [
      ['a,"b"', '1'],
      ['c', null],
    ]),
    'name,value\r\n"a,""b""",1\r\nc,\r\n',
  );
});

test('both languages have the same words, with the same places to fill', () => {
  assert.deepEqual(Object.keys(id).sort(), Object.keys(en).sort());
  const places = (text) => (text.match(/\{\w+\}/g) || []).sort().join();
  for (const key of Object.keys(id)) assert.equal(places(id[key]), places(en[key]), key);
  assert.equal(placeName('KABUPATEN MUARO JAMBI'), 'Kabupaten Muaro Jambi');
  assert.equal(placeName('DKI JAKARTA'), 'DKI Jakarta');
});

const leaf = (bytes) =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), bytes]))
    .digest('hex');
// An event's envelope as protobuf has it: sequence, recorded_at, previous_hash, a body.
const eventOf = (sequence, previous) =>
  Buffer.concat([
    Buffer.from([0x08, sequence, 0x10, 0x96, 0x01, 0x22, 0x20]),
    Buffer.from(previous, 'hex'),
    Buffer.from([0x52, 0x02, 0x0a, 0x00]),
  ]);

test('an event is checked by its own bytes', async () => {
  const first = eventOf(1, '00'.repeat(32));
  const second = eventOf(2, leaf(first));
  const stated = { sequence: '2', hash: leaf(second) };
  assert.equal(await leafHash(second), leaf(second));
  assert.deepEqual(envelopeOf(second), { sequence: 2n, previous: leaf(first) });
  const results = async (bytes, previous, as = stated) =>
    (await verifyEvent(0, as, bytes.toString('base64'), previous && previous.toString('base64'))).map(
      ({ ok }) => ok,
    );
  assert.deepEqual(await results(second, first), [true, true, true]);
  assert.deepEqual(await results(first, null, { sequence: '1', hash: leaf(first) }), [true, true, true]);
  assert.deepEqual(await results(second, null), [true, true, null]);
  const changedByte = Buffer.from(second);
  changedByte[changedByte.length - 1] ^= 1;
  assert.deepEqual(await results(changedByte, first), [false, true, true]);
  assert.deepEqual(await results(second, second), [true, true, false]);
  assert.deepEqual(await results(second, first, { ...stated, sequence: '3' }), [true, false, true]);
});

test('who looks on is offered what the policy lets them see', () => {
  const grant = (role, regions = [], cooperatives = []) => ({
    role,
    regions: regions.map((region) => ({ region, name: region })),
    cooperatives,
  });
  const of = (...grants) => makeViewer({ principal: 'somebody', grants });
  const west = of(grant('reader', ['33.01', '32', '32.04']));
  assert.deepEqual(
    west.regions.map(({ region }) => region),
    ['32', '33.01'],
  );
  assert.ok(!west.readsAll && !west.readsLog && !west.mayAttest('7'));
  for (const own of ['32', '32.04', '33.01.02']) assert.ok(west.mayOpen(own), own);
  for (const other of ['ID', '33', '3', '320']) assert.ok(!west.mayOpen(other), other);
  const clerk = of(grant('operator', [], [{ first: '7', last: '9' }]));
  assert.ok(clerk.mayAttest('8') && !clerk.mayAttest('10') && !clerk.mayAttest('0'));
  assert.ok(!clerk.readsAll && !clerk.readsLog && !clerk.mayOpen('32'));
  const local = of(grant('poster'), grant('operator'));
  assert.ok(local.readsAll && local.readsLog && local.mayAttest('0') && local.mayOpen('ID'));
  const auditor = of(grant('auditor'));
  assert.ok(auditor.readsAll && auditor.readsLog && !auditor.mayAttest('7'));
  assert.ok(of(grant('reader')).readsAll && !of(grant('reader')).readsLog);
  assert.ok(!of(grant('bank')).readsAll && !of(grant('bank')).mayOpen('32'));
});

test('an acknowledgement has the digest of what is said, not what is said', async () => {
  const digest = await digestOf(new TextEncoder().encode('panen'));
  assert.equal(Buffer.from(digest, 'base64').toString('hex'), createHash('sha256').update('panen').digest('hex'));
  const finding = { id: 'c05cc53c-e0d1-5d52-8b07-36518723e9c7', cooperative: '20417' };
  assert.deepEqual(attestationOf(finding, 'checked', digest, 20260501), {
    recordAttestation: {
      cooperative: '20417',
      kind: 'finding-acknowledged',
      subject: finding.id,
      asOf: 20260501,
      values: [{ name: 'checked', value: '1' }],
      documentDigest: digest,
    },
  });
  assert.ok(!('documentDigest' in attestationOf(finding, 'checked', null, 20260501).recordAttestation));
  assert.match(randomId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(randomId(), randomId());
});

test('what is due and not paid is never less than nothing', () => {
  assert.equal(arrearsOf({ due: '100000000000000000000', paid: '1' }), '99999999999999999999');
  assert.equal(arrearsOf({ due: '5', paid: '7' }), '0');
});
