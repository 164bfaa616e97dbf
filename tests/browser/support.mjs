// What the tests of the dashboard share: a server on a ledger of two simulated days, and a browser
// that notes what it should not have seen.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '../..',
);
const LUMBUNG = process.env.LUMBUNG_BIN || path.join(ROOT, 'build/dev/bin/lumbung');
const BUILD = path.resolve(path.dirname(LUMBUNG), '..');
export const PAGES = path.join(BUILD, 'share/dashboard');
export const SCREENSHOTS = path.join(BUILD, 'screenshots');
const VILLAGES = path.join(ROOT, 'node_modules/idn-area-data/data');
const require = createRequire(path.join(ROOT, 'package.json'));

function skip(reason) {
  console.log(`SKIPPED: ${reason}`);
  process.exit(77);
}

export function tools() {
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => fs.existsSync(file));
  if (!chromium) skip('chromium is missing; ./dev setup browser installs it');
  try {
    return {
      chromium,
      playwright: require('playwright-core'),
      axe: fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'),
    };
  } catch (error) {
    return skip(`${error.message.split('\n')[0]}; ./dev setup core fetches it`);
  }
}

// Business day of so many days before today, as 20260525.
export function dayBefore(count) {
  const day = new Date(Date.now() - count * 86400000).toISOString().slice(0, 10);
  return Number(day.replaceAll('-', ''));
}

// A folder of its own that goes with the process.
export function makeFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lumbung-browser-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const run = (folder, args, options = {}) =>
  execFileSync(LUMBUNG, args, {
    cwd: folder,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  });

// A ledger with `days`, of the same cooperatives.
export function makeLedger(folder, days, cooperatives = 12) {
  run(folder, ['init', 'barn', '--origin', 'barn.example']);
  days.forEach((day, i) => {
    const lines = run(folder, [
      'simulate',
      '--cooperatives',
      String(cooperatives),
      '--seed',
      '5',
      '--villages',
      VILLAGES,
      '--day',
      String(day),
      '--list',
      'list',
    ]);
    try {
      run(folder, ['import', 'transactions', 'barn', '-'], { input: lines });
    } catch (error) {
      // The cooperatives of the second day are registered already, with another date: 1 says so.
      if (i === 0 || error.status !== 1) throw error;
    }
  });
  return fs
    .readFileSync(path.join(folder, 'list'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
}

// `lumbung serve` on free ports; {url, stop}.
export async function serve(folder, more = []) {
  const child = spawn(
    LUMBUNG,
    [
      'serve',
      'barn',
      '--grpc-listen',
      '127.0.0.1:0',
      '--http-listen',
      '127.0.0.1:0',
      '--http-dashboard',
      PAGES,
      '--projections-names',
      'balances,performance,audit',
      ...more,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  process.on('exit', () => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (text) => {
    log += text;
  });
  const port = await new Promise((found, fail) => {
    child.on('exit', () => fail(new Error(`the server ended: ${log}`)));
    child.stdout.on('data', (text) => {
      const match = /HTTP on port (\d+)/.exec(text);
      if (match) found(match[1]);
    });
  });
  const stop = () =>
    new Promise((done) => {
      child.removeAllListeners('exit');
      child.on('exit', done);
      child.kill('SIGTERM');
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}

export async function ask(server, target, options = {}) {
  const response = await fetch(server.url + target, options);
  if (!response.ok) throw new Error(`${target}: ${response.status} ${await response.text()}`);
  return response.json();
}

export async function until(condition, what, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > end) throw new Error(`${what} did not come to be in ${seconds} s`);
    await new Promise((done) => setTimeout(done, 30));
  }
}

// Waits until all projections have come to the head.
export const settled = (server) =>
  until(async () => {
    const { projections } = await ask(server, '/v1/projections');
    return projections.every(
      ({ serving, asOf }) =>
        serving && asOf.every(({ behind, sequence }) => behind === '0' && sequence !== '0'),
    );
  }, 'projections up to date');

// A page that notes console errors and requests to others in `faults`.
export async function openPage(browser, server, { width = 1440, theme = 'light', language = 'id' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    acceptDownloads: true,
    reducedMotion: 'reduce',
  });
  await context.addInitScript((value) => localStorage.setItem('lumbung.language', value), language);
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== server.url)
      faults.push(`request to ${url.origin}`);
  });
  return { page, faults, context };
}

// Goes to an address of the dashboard and waits until it is shown.
export async function visit(page, server, hash) {
  const url = `${server.url}/dashboard/${hash}`;
  if (page.url().startsWith(`${server.url}/dashboard/`)) {
    // The page that is shown is marked, so as not to be taken for the next.
    await page.evaluate((next) => {
      document.querySelector('.body')?.removeAttribute('class');
      window.location.hash = next.replace(/^#/, '');
    }, hash || '#/');
  } else {
    await page.goto(url);
  }
  await shown(page);
}

export const shown = (page) =>
  page.waitForSelector('.body:not([aria-busy]):not(.pending)', { timeout: 20000 });
export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const headline = (page, figure) => page.locator(`[data-figure="${figure}"] .amount`).first();

// What axe finds that is serious, as text.
export async function seriousFindings(page, axe) {
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
