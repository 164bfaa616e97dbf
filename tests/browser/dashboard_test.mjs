// The dashboard in a real browser, over a server on two simulated days: every page in both languages,
// at both widths, light and dark; the way from the nation down to an event and its proof; what a post
// changes on screen; CSV against the API; tokens and policy. Screenshots stay in build/*/screenshots.
//
// Exit code 77, visibly, where there is no Chromium.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  SCREENSHOTS,
  ask,
  dayBefore,
  makeFolder,
  makeLedger,
  openPage,
  serve,
  settled,
  sha256,
  shown,
  tools,
  until,
  visit,
} from './support.mjs';

const { chromium, playwright, axe } = tools();
const DAY = dayBefore(1);
const MOST_WEIGHT = 1_500_000;
let browser;
let server;
let cooperatives;
let folder;

before(async () => {
  folder = makeFolder();
  cooperatives = makeLedger(folder, [dayBefore(8), DAY]);
  server = await serve(folder);
  browser = await playwright.chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  await settled(server);
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const headline = (page, figure) => page.locator(`[data-figure="${figure}"] .amount`).first();

async function aSale() {
  const [number] = cooperatives[0];
  const { entries } = await ask(server, `/v1/accounts/${number}:1121:0/entries?order=newest&page_size=1`);
  return { number, id: entries[0].transactionId, sequence: entries[0].sequence };
}

// One that was paid out, of a cooperative that has such.
async function aLoan() {
  for (const [number] of cooperatives) {
    const { loans } = await ask(server, `/v1/cooperatives/${number}/loans`);
    const paid = loans.find(({ events }) => events.some(({ kind }) => kind === 'DISBURSED'));
    if (paid) return { number, loan: paid.granted.loan, info: paid };
  }
  throw new Error('no simulated cooperative has a loan');
}

async function pagesToSee() {
  const [number, village] = cooperatives[0];
  const sale = await aSale();
  const { findings } = await ask(server, '/v1/findings?page_size=1');
  assert.equal(findings.length, 1, 'the simulated days have findings');
  const province = village.slice(0, 2);
  return {
    nation: '',
    week: '#/?last=7',
    npl: '#/?measure=npl_share',
    province: `#/region/${province}`,
    village: `#/region/${village}`,
    'no-data': '#/region/31?day=20200101',
    compare: `#/compare?a=${province}&b=ID`,
    cooperative: `#/cooperative/${number}`,
    outlet: `#/cooperative/${number}/outlet/1`,
    loan: `#/cooperative/${(await aLoan()).number}/loan/${(await aLoan()).loan}`,
    accounts: `#/cooperative/${number}/code/2111`,
    statement: `#/account/${number}:1121:0`,
    transaction: `#/transaction/${sale.id}?cooperative=${number}`,
    event: `#/event/0/${sale.sequence}`,
    findings: '#/findings',
    finding: `#/finding/${findings[0].id}`,
    system: '#/system',
    search: `#/search?q=${number}`,
    names: '#/search?q=sukamaju, bandung',
  };
}

async function seriousFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`)
          .join(' | ')}`,
    );
}

async function seeEveryPage({ language, width, theme, checked }) {
  const { page, faults, context } = await openPage(browser, server, { width, theme, language });
  for (const [name, hash] of Object.entries(await pagesToSee())) {
    await visit(page, server, hash);
    const label = `${name} ${language} ${width} ${theme}`;
    assert.equal(
      await page.locator('.banner.bad').count(),
      0,
      `${label}: ${await page.locator('main').innerText()}`,
    );
    assert.ok((await page.locator('h1').innerText()).length > 0, label);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language, label);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${label} is ${overflow} px too wide`);
    if (checked) assert.deepEqual(await seriousFindings(page), [], label);
    await page.screenshot({
      path: path.join(SCREENSHOTS, `${name}-${language}-${width}-${theme}.png`),
      fullPage: true,
    });
  }
  assert.deepEqual(faults, []);
  await context.close();
}

// Two of the four have each language, width and theme: these are checked for accessibility, which takes
// longest.
const looks = [
  { language: 'id', width: 1440, theme: 'light', checked: true },
  { language: 'en', width: 390, theme: 'dark', checked: true },
  { language: 'id', width: 390, theme: 'light' },
  { language: 'en', width: 1440, theme: 'dark' },
];
test('every page', { concurrency: true }, (all) =>
  Promise.all(
    looks.map((look) => all.test(`${look.language} ${look.width} ${look.theme}`, () => seeEveryPage(look))),
  ),
);

test('the whole of it weighs less than 1.5 MB, and comes from here', async () => {
  const { page, faults, context } = await openPage(browser, server);
  const bodies = [];
  page.on('response', (response) => {
    // The stream of updates has no end.
    if (!response.headers()['content-type']?.startsWith('text/event-stream')) bodies.push(response.body());
  });
  const began = performance.now();
  await visit(page, server, '');
  const took = Math.round(performance.now() - began);
  const weight = (await Promise.all(bodies)).reduce((total, body) => total + body.length, 0);
  console.log(
    `# nation shown after ${took} ms, ${weight} bytes before compression in ${bodies.length} answers`,
  );
  assert.ok(weight > 500_000 && weight < MOST_WEIGHT, String(weight));
  assert.deepEqual(faults, []);
  await context.close();
});

test('from the nation down to an event, which this browser proves', async () => {
  const { page, faults, context } = await openPage(browser, server);
  const [number, village] = cooperatives[0];
  await visit(page, server, '');
  await page.locator(`.tile[data-code="${village.slice(0, 2)}"]`).click();
  for (const code of [village.slice(0, 5), village.slice(0, 8), village]) {
    await page.locator(`tr[data-key="${code}"] a`).first().click();
    await page.waitForFunction((wanted) => window.location.hash.startsWith(`#/region/${wanted}`), code);
    await shown(page);
  }
  await page.locator(`tr[data-key="${number}"] a`).first().click();
  await page.locator('tr[data-key="1121:IDR"] a').click();
  await page.waitForFunction(() => window.location.hash.startsWith('#/account/'));
  await page.locator('a.trace').first().click();
  await page.waitForFunction(() => window.location.hash.startsWith('#/transaction/'));
  await shown(page);
  await page.locator('#verify').click();
  await page.waitForSelector('[data-proof="good"]');
  // What it computed is what the API says of that event.
  const [, sequence] = /event\/0\/(\d+)/.exec(
    await page.locator('a[href^="#/event/"]').first().getAttribute('href'),
  );
  const { events } = await ask(server, `/v1/events?from=${sequence}&limit=1`);
  const bytes = Buffer.concat([Buffer.from([0]), Buffer.from(events[0].bytes, 'base64')]);
  assert.equal(await page.locator('.check code').first().innerText(), sha256(bytes));
  await page.screenshot({ path: path.join(SCREENSHOTS, 'proof.png'), fullPage: true });
  assert.deepEqual(faults, []);
  await context.close();
});

test('a changed byte is shown as broken', async () => {
  const { page, context } = await openPage(browser, server);
  const { sequence } = await aSale();
  await page.route('**/v1/events*', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    for (const event of answer.events) {
      const bytes = Buffer.from(event.bytes, 'base64');
      if (event.sequence === sequence) bytes[bytes.length - 1] ^= 1;
      event.bytes = bytes.toString('base64');
    }
    await route.fulfill({ response, json: answer });
  });
  await visit(page, server, `#/event/0/${sequence}`);
  await page.locator('#verify').click();
  await page.waitForSelector('[data-proof="bad"]');
  assert.equal(await page.locator('.check.bad').count(), 1);
  await page.screenshot({ path: path.join(SCREENSHOTS, 'proof-broken.png'), fullPage: true });
  await context.close();
});

test('a post is on screen within two seconds', async () => {
  const { page, faults, context } = await openPage(browser, server);
  await visit(page, server, `#/?day=${DAY}`);
  await page.waitForSelector('.live[data-mode="live"]');
  const seen = await headline(page, 'transactions').innerText();
  const body = {
    transactionId: randomUUID(),
    cooperative: cooperatives[0][0],
    kind: 'sale',
    channel: 'qris',
    businessDate: DAY,
    entries: [
      { code: 1121, debit: '75000000' },
      { code: 4102, credit: '75000000' },
    ],
  };
  const began = performance.now();
  await ask(server, '/v1/transactions', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
  const wanted = (Number(seen.replaceAll('.', '')) + 1).toLocaleString('id-ID');
  await page.waitForFunction(
    (text) => document.querySelector('[data-figure="transactions"] .amount').textContent === text,
    wanted,
    { timeout: 10000, polling: 20 },
  );
  const took = performance.now() - began;
  console.log(`# a post was on screen after ${Math.round(took)} ms`);
  assert.ok(took < 2000, `${took} ms`);
  assert.deepEqual(faults, []);
  await context.close();
});

test('CSV is what the API says', async () => {
  const { page, context } = await openPage(browser, server);
  await visit(page, server, '');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.table .tools button').first().click(),
  ]);
  const [head, ...lines] = fs
    .readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  assert.ok(head.startsWith('name,code,turnover,transactions,'), head);
  const rows = new Map(
    lines
      .map((line) => line.split(','))
      .map(([, code, turnover, transactions]) => [code, [turnover, transactions]]),
  );
  const { newest } = { newest: (await ask(server, '/v1/regions/ID/freshness')).businessDate };
  const of = async (measure) =>
    (await ask(server, `/v1/regions/ID/children?measure=${measure}&day=${newest}&limit=1000`)).list;
  const [turnover, transactions] = [await of('turnover'), await of('transactions')];
  assert.equal(rows.size, 38);
  let some = 0;
  turnover.forEach(({ of: { subject }, value }, i) => {
    const none = transactions[i].value === '0';
    some += none ? 0 : 1;
    assert.deepEqual(
      rows.get(subject.region),
      none ? ['', ''] : [value, transactions[i].value],
      subject.region,
    );
  });
  assert.ok(some > 0);
  await context.close();
});

test('a province without data is not one with zero', async () => {
  const { page, context } = await openPage(browser, server);
  await visit(page, server, '');
  const used = new Set(cooperatives.map(([, village]) => village.slice(0, 2)));
  const [empty] = (await ask(server, `/v1/regions/ID/children?measure=cooperatives&day=${DAY}`)).list
    .map(({ of }) => of.subject.region)
    .filter((code) => !used.has(code));
  assert.equal(await page.locator(`tr[data-key="${empty}"] td`).nth(1).innerText(), '–');
  assert.ok(
    await page.locator(`.tile[data-code="${empty}"]`).evaluate((tile) => tile.classList.contains('none')),
  );
  await visit(page, server, `#/region/${empty}`);
  assert.equal(await headline(page, 'turnover').innerText(), '–');
  await context.close();
});

test('the keyboard is enough', async () => {
  const { page, context } = await openPage(browser, server);
  await visit(page, server, '');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  const column = page.locator('th:has(button)').nth(2);
  await column.locator('button').focus();
  await page.keyboard.press('Enter');
  assert.equal(await column.getAttribute('aria-sort'), 'descending');
  await page.locator('#q').focus();
  await page.keyboard.type(cooperatives[0][0]);
  await page.keyboard.press('Enter');
  await page.locator('.results a').first().waitFor();
  await page.locator('.results a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.location.hash.startsWith('#/cooperative/'));
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  await context.close();
});

test('names are found, and language and theme are remembered', async () => {
  const { page, faults, context } = await openPage(browser, server);
  await visit(page, server, '#/search?q=bandung');
  await page.locator('.results a', { hasText: 'Kota Bandung' }).waitFor();
  await page.locator('#language').click();
  await page.getByRole('button', { name: /Theme/ }).click();
  assert.equal(
    await page.evaluate(() =>
      [localStorage.getItem('lumbung.language'), localStorage.getItem('lumbung.theme')].join(),
    ),
    'en,light',
  );
  assert.deepEqual(faults, []);
  await context.close();
});

test('villages are found by name, narrowed down by a comma', async () => {
  const { page, faults, context } = await openPage(browser, server);
  const [, village] = cooperatives[0];
  const { regions } = await ask(server, `/v1/regions?code=${village}`);
  const [{ name, within }] = regions;
  await visit(page, server, `#/search?q=${encodeURIComponent(`${name.toLowerCase()}, ${within[2].name}`)}`);
  const hit = page.locator(`.results a[href="#/region/${village}"]`);
  await hit.waitFor();
  await hit.click();
  await shown(page);
  assert.equal((await page.locator('h1').innerText()).toUpperCase(), name.toUpperCase());
  const crumbs = (await page.locator('.crumbs').innerText()).toUpperCase();
  for (const one of within) assert.ok(crumbs.includes(one.name.toUpperCase()), `${crumbs}: ${one.name}`);
  assert.deepEqual(faults, []);
  await context.close();
});

test('from a cooperative to its loan, and to the event that paid it out', async () => {
  const { page, faults, context } = await openPage(browser, server);
  const { number, loan, info } = await aLoan();
  await visit(page, server, `#/cooperative/${number}`);
  await page.locator(`a[href="#/cooperative/${number}/loan/${loan}"]`).click();
  await page.waitForFunction((wanted) => window.location.hash.endsWith(`/loan/${wanted}`), loan);
  await shown(page);
  const rows = page.locator('tbody tr');
  assert.equal(await rows.count() >= info.totalEvents, true);
  assert.ok((await page.locator('.facts').innerText()).includes(info.granted.scheme));
  await page.locator('a.trace').last().click();
  await page.waitForFunction(() => window.location.hash.startsWith('#/transaction/'));
  await shown(page);
  await page.locator('#verify').click();
  await page.waitForSelector('[data-proof="good"]');
  assert.deepEqual(faults, []);
  await context.close();
});

test('a server that is gone is said to be gone', async () => {
  const { page, context } = await openPage(browser, server);
  await visit(page, server, '');
  await page.waitForSelector('.live[data-mode="live"]');
  await server.stop();
  await page.waitForSelector('.live[data-mode="lost"]');
  await page.locator('.banner.bad').waitFor();
  // What was there is still to be seen.
  assert.ok(await headline(page, 'turnover').isVisible());
  await context.close();
});

const token = (name) => `${name}-token-of-the-test`;
const enter = async (page, text) => {
  await page.locator('#token').fill(text);
  await page.keyboard.press('Enter');
};

// The ledger with a policy; grants by name.
async function serveWithPolicy(grants) {
  const principal = ([name, grant]) =>
    `[[principal]]\nid = "${name}"\ntoken_sha256 = ["${sha256(token(name))}"]\n[[principal.grant]]\n${grant}\n`;
  fs.writeFileSync(path.join(folder, 'policy.toml'), Object.entries(grants).map(principal).join(''));
  server = await serve(folder, ['--policy', 'policy.toml']);
}

// What the API answers somebody.
const askAs = (name, target) =>
  ask(server, target, { headers: { Authorization: `Bearer ${token(name)}` } });

test('with a policy each sees their own', async () => {
  const [number, village] = cooperatives[0];
  const province = village.slice(0, 2);
  const [stranger] = cooperatives.find(([, code]) => !code.startsWith(province));
  await serveWithPolicy({
    ministry: 'role = "auditor"',
    village: `role = "reader"\ncooperatives = [${number}]`,
    province: `role = "reader"\nregions = ["${province}"]`,
    clerk: `role = "operator"\ncooperatives = [${number}]`,
  });
  const { page, context } = await openPage(browser, server);
  await page.goto(`${server.url}/dashboard/`);
  await enter(page, 'nobody');
  await page.locator('.banner.bad').waitFor();
  await enter(page, token('ministry'));
  await page.locator('.figure').first().waitFor();
  await until(
    async () => (await headline(page, 'transactions').innerText()) !== '–',
    'figures of the nation',
  );
  assert.equal(await page.evaluate(() => localStorage.getItem('lumbung.token')), null);
  assert.ok(!page.url().includes('token'));
  await page.getByRole('button', { name: 'Keluar' }).click();
  // Who has one cooperative begins there.
  await enter(page, token('village'));
  await page.waitForFunction((wanted) => window.location.hash === `#/cooperative/${wanted}`, number);
  await shown(page);
  assert.notEqual(await headline(page, 'turnover').innerText(), '–');
  // It is called by its village's name, which leads nowhere.
  const [{ name }] = (await askAs('village', `/v1/regions?code=${village}`)).regions;
  const facts = (await page.locator('.facts').first().innerText()).toUpperCase();
  assert.ok(facts.includes(name.toUpperCase()), facts);
  assert.equal(await page.locator(`a[href="#/region/${village}"]`).count(), 0);
  const { entries } = await askAs('village', `/v1/accounts/${number}:1121:0/entries`);
  await visit(page, server, `#/transaction/${entries[0].transactionId}?cooperative=${number}`);
  await page.locator('#verify').click();
  // The log is not theirs to read: bytes and number are proved, the link is not.
  await page.waitForSelector('[data-proof="part"]');
  await visit(page, server, '#/search?q=bandung');
  assert.equal(await page.locator('.results a').count(), 0);
  await page.evaluate((code) => {
    window.location.hash = `#/region/${code}`;
  }, province);
  await page.locator('.banner.bad').waitFor();
  assert.equal((await fetch(`${server.url}/v1/cooperatives/${stranger}`)).status, 401);
  await context.close();
});

test('a province begins at its own, and sees no other', async () => {
  const [number, village] = cooperatives[0];
  const province = village.slice(0, 2);
  const [stranger, elsewhere] = cooperatives.find(([, code]) => !code.startsWith(province));
  const { page, faults, context } = await openPage(browser, server);
  await page.goto(`${server.url}/dashboard/`);
  await page.locator('#token').waitFor();
  await enter(page, token('province'));
  await page.locator('.figure').first().waitFor();
  await shown(page);
  const { grants } = await askAs('province', '/v1/me');
  assert.equal(grants[0].regions[0].region, province);
  assert.equal(
    (await page.locator('h1').innerText()).toUpperCase(),
    grants[0].regions[0].name.toUpperCase(),
  );
  assert.equal(await page.locator('.map').count(), 0);
  assert.ok((await page.locator('tbody tr').count()) > 0);
  for (const code of [village.slice(0, 5), village.slice(0, 8), village]) {
    await visit(page, server, `#/region/${code}`);
    assert.notEqual(await headline(page, 'turnover').innerText(), '–', code);
  }
  await visit(page, server, `#/cooperative/${number}`);
  assert.notEqual(await headline(page, 'turnover').innerText(), '–');
  await visit(page, server, '#/findings');
  const listed = await askAs('province', `/v1/findings?region=${province}&page_size=25`);
  assert.equal(await page.locator('.table tbody tr').count(), listed.findings.length);
  await page.screenshot({ path: path.join(SCREENSHOTS, 'province-findings.png'), fullPage: true });
  // Found are its own places only: all villages of Indonesia have names.
  const { name } = (await askAs('ministry', `/v1/regions?code=${elsewhere}`)).regions[0];
  for (const [who, count] of [
    ['province', 0],
    ['ministry', 1],
  ]) {
    const { regions } = await askAs(who, `/v1/regions?name=${encodeURIComponent(name)}&limit=100`);
    assert.equal(regions.filter(({ region }) => region === elsewhere).length, count, who);
  }
  await visit(page, server, `#/search?q=${stranger}`);
  assert.equal(await page.locator('.results a').count(), 0);
  // The browser itself says of a refusal that it was one: without a token, and of the cooperative.
  const refusals = faults.filter((fault) => /status of 40[13]/.test(fault));
  assert.deepEqual(faults, refusals);
  assert.equal(refusals.filter((fault) => fault.includes('403')).length, 1);
  await page.evaluate(() => {
    window.location.hash = '#/region/ID';
  });
  await page.locator('.banner.bad').waitFor();
  await context.close();
});

test('whoever may acknowledges a finding on its page', async () => {
  const { findings } = await askAs('ministry', '/v1/findings?acknowledged=false&page_size=100');
  const finding = findings.find(({ cooperative }) => cooperative !== '0');
  await server.stop();
  await serveWithPolicy({
    ministry: 'role = "auditor"',
    clerk: `role = "operator"\ncooperatives = [${finding.cooperative}]`,
  });
  const hash = `#/finding/${finding.id}?cooperative=${finding.cooperative}`;
  const open = async (name) => {
    const opened = await openPage(browser, server);
    await opened.page.addInitScript((text) => sessionStorage.setItem('lumbung.token', text), token(name));
    await visit(opened.page, server, hash);
    return opened;
  };
  const onlooker = await open('ministry');
  assert.equal(await onlooker.page.locator('#acknowledge').count(), 0);
  const { page, faults, context } = await open('clerk');
  await page.locator('#ack-reason').selectOption('explained');
  await page.locator('#ack-note').fill('panen dibayar tunai');
  await page.locator('#ack-digest code').waitFor();
  assert.equal(await page.locator('#ack-digest code').innerText(), sha256('panen dibayar tunai'));
  assert.deepEqual(await seriousFindings(page), []);
  await page.screenshot({ path: path.join(SCREENSHOTS, 'acknowledge.png'), fullPage: true });
  // The first time the answer is lost on the way: sent again, it counts once.
  let lost = 0;
  await page.route('**/v1/commands', async (route) => {
    await route.fetch();
    lost += 1;
    await route.abort();
  });
  await page.locator('#ack-send').click();
  await page.locator('#acknowledge .banner.bad').waitFor();
  assert.equal(lost, 1);
  faults.length = 0;
  await page.unroute('**/v1/commands');
  await page.locator('#ack-send').click();
  await page.locator('li[data-command]').waitFor();
  assert.equal(await page.locator('li[data-command]').count(), 1);
  assert.ok((await page.locator('li[data-command]').innerText()).includes('clerk'));
  await page.locator('.banner.good').waitFor();
  await page.screenshot({ path: path.join(SCREENSHOTS, 'acknowledged.png'), fullPage: true });
  // Who looks on sees it without doing anything.
  await onlooker.page.locator('li[data-command]').waitFor({ timeout: 10000 });
  const after = (await askAs('ministry', `/v1/findings/${finding.id}`)).finding;
  assert.equal(after.acknowledgements.length, 1);
  const [said] = after.acknowledgements;
  assert.equal(said.actor, 'clerk');
  assert.deepEqual(said.values, [{ name: 'explained', value: '1' }]);
  assert.equal(Buffer.from(said.documentDigest, 'base64').toString('hex'), sha256('panen dibayar tunai'));
  assert.deepEqual(faults, []);
  await context.close();
  await onlooker.context.close();
});
