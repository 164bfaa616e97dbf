// What the dashboard shows to whom, by a policy: the ministry, a province, a village, and whoever
// acknowledges a finding. Exit code 77, visibly, where there is no Chromium.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  SCREENSHOTS,
  ask,
  dayBefore,
  headline,
  makeFolder,
  makeLedger,
  openPage,
  seriousFindings,
  serve,
  sha256,
  shown,
  tools,
  until,
  visit,
} from './support.mjs';

const { chromium, playwright, axe } = tools();
let browser;
let server;
let cooperatives;
let folder;

before(async () => {
  folder = makeFolder();
  cooperatives = makeLedger(folder, [dayBefore(8), dayBefore(1)]);
  browser = await playwright.chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  const [number, village] = cooperatives[0];
  await serveWithPolicy({
    ministry: 'role = "auditor"',
    village: `role = "reader"\ncooperatives = [${number}]`,
    province: `role = "reader"\nregions = ["${village.slice(0, 2)}"]`,
  });
});

after(async () => {
  await browser?.close();
  await server?.stop();
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
  await until(async () => {
    const { projections } = await askAs('ministry', '/v1/projections');
    return projections.every(({ serving, asOf }) =>
      serving && asOf.every(({ behind, sequence }) => behind === '0' && sequence !== '0'));
  }, 'projections up to date');
}

// What the API answers somebody.
const askAs = (name, target) =>
  ask(server, target, { headers: { Authorization: `Bearer ${token(name)}` } });

test('with a policy each sees their own', async () => {
  const [number, village] = cooperatives[0];
  const province = village.slice(0, 2);
  const [stranger] = cooperatives.find(([, code]) => !code.startsWith(province));
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
  assert.deepEqual(await seriousFindings(page, axe), []);
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
