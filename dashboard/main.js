// Shows the page that the address names, and shows it anew when the ledger has gone on.
import { Problem } from './lib/api.js';
import { endCharts } from './lib/chart.js';
import { announce, el, fill } from './lib/dom.js';
import { applyTheme, drawFrame, tokenNode } from './lib/frame.js';
import { onLive, positionsOf, restart, start } from './lib/live.js';
import { parse } from './lib/router.js';
import { getToken } from './lib/store.js';
import { learnViewer } from './lib/viewer.js';
import { t } from './lib/words.js';
import account from './views/account.js';
import accounts from './views/accounts.js';
import compare from './views/compare.js';
import cooperative from './views/cooperative.js';
import event from './views/event.js';
import finding from './views/finding.js';
import findings from './views/findings.js';
import home from './views/home.js';
import loan from './views/loan.js';
import outlet from './views/outlet.js';
import region from './views/region.js';
import search from './views/search.js';
import system from './views/system.js';
import transaction from './views/transaction.js';

const views = {
  account,
  accounts,
  compare,
  cooperative,
  event,
  finding,
  findings,
  loan,
  nation: home,
  outlet,
  region,
  search,
  system,
  transaction,
};
// Milliseconds between two times that a page asks for its figures.
const LEAST_PAUSE = 500;
const RETRY = 3000;
// Ages go on when nothing else does.
const IDLE = 30000;

// The page that is shown: stopped when another one is.
let shown = null;

function textOf(problem) {
  if (!(problem instanceof Problem)) return [t('problem_other'), problem.message];
  const keys = {
    0: 'problem_unreachable',
    403: 'problem_denied',
    404: problem.code === 'NOT_FOUND' && !problem.detail ? 'problem_not_served' : 'problem_not_found',
    503: 'problem_building',
  };
  return [t(keys[problem.status] || 'problem_other'), problem.detail];
}

class Shown {
  constructor(route) {
    this.route = route;
    this.aborter = new AbortController();
    this.heading = el('h1', { tabindex: '-1' });
    this.level = el('p', { class: 'level' });
    this.crumbs = el('nav', { class: 'crumbs', 'aria-label': t('breadcrumb') });
    this.banner = el('div', {});
    this.body = el('div', { class: 'body', 'aria-busy': 'true' });
    this.timer = null;
    this.asked = null;
    this.loaded = false;
    this.lost = false;
    fill(document.getElementById('main'), this.crumbs, this.heading, this.level, this.banner, this.body);
  }

  open() {
    const page = {
      title: (text, note) => {
        this.heading.textContent = text;
        this.level.textContent = note;
        document.title = `${text} · ${t('brand')}`;
      },
      crumbs: (list) =>
        fill(
          this.crumbs,
          el(
            'ol',
            {},
            list.map(([text, href], i) =>
              el(
                'li',
                {},
                href && i < list.length - 1
                  ? el('a', { href }, text)
                  : el('span', { 'aria-current': i === list.length - 1 ? 'page' : null }, text),
              ),
            ),
          ),
        ),
    };
    const view = views[this.route.name];
    if (!view) {
      page.title(t('missing_page'), '');
      this.body.removeAttribute('aria-busy');
      return;
    }
    this.refresh = view(this.route, this.body, page);
    this.body.classList.add('pending');
    fill(this.banner, el('p', { class: 'loading' }, t('loading')));
    this.load();
    this.endLive = onLive((state) => this.hear(state));
  }

  // What is on screen is getting old while the server does not answer.
  mark(lost) {
    if (lost === this.lost || !this.loaded) return;
    this.lost = lost;
    if (lost) fill(this.banner, el('p', { class: 'banner bad', role: 'alert' }, t('problem_unreachable')));
    else this.later(0);
  }

  // Asks again when there is something new, and not before the last answers are there. Who takes
  // long to answer is asked less often.
  hear(state) {
    this.mark(state.mode === 'lost');
    const positions = positionsOf(state);
    if (!positions || positions === this.asked || this.busy || this.timer) return;
    if (!this.loaded && this.asked === null) return void (this.asked = positions);
    this.later(Math.max(LEAST_PAUSE, this.took) - (performance.now() - this.ended));
    this.asked = positions;
  }

  rest() {
    clearTimeout(this.idle);
    const again = () => (document.hidden ? this.rest() : this.load());
    if (!this.aborter.signal.aborted) this.idle = setTimeout(again, this.refresh.every ?? IDLE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.load();
    }, pause);
  }

  async load() {
    if (this.busy || this.aborter.signal.aborted) return;
    this.busy = true;
    const began = performance.now();
    let latest = null;
    const end = onLive((state) => {
      latest = state;
    });
    const before = positionsOf(latest);
    try {
      await learnViewer();
      await this.refresh(this.aborter.signal);
      if (!this.loaded) announce(document.title);
      this.loaded = true;
      this.body.classList.remove('pending');
      this.body.removeAttribute('aria-busy');
      fill(this.banner);
    } catch (error) {
      this.fail(error);
    } finally {
      end();
      this.busy = false;
      this.ended = performance.now();
      this.took = this.ended - began;
      this.rest();
    }
    if (positionsOf(latest) !== before) this.hear(latest);
  }

  fail(error) {
    if (this.aborter.signal.aborted) return;
    if (error instanceof Problem && error.status === 401) {
      fill(this.banner, tokenNode(Boolean(getToken()), again));
      this.body.classList.add('pending');
      return;
    }
    const [text, detail] = textOf(error);
    fill(
      this.banner,
      el(
        'p',
        { class: 'banner bad', role: 'alert' },
        el('strong', {}, `${t('problem')}: `),
        text,
        detail && el('span', { class: 'hint' }, ` (${detail})`),
      ),
    );
    this.body.classList.toggle('pending', !this.loaded);
    if (!(error instanceof Problem)) throw error;
    if ([0, 503, 504].includes(error.status)) this.later(RETRY);
  }

  close() {
    this.aborter.abort();
    clearTimeout(this.timer);
    clearTimeout(this.idle);
    if (this.endLive) this.endLive();
    endCharts();
  }
}

function show(focus) {
  if (shown) shown.close();
  const route = parse(window.location.hash);
  drawFrame(route, again);
  shown = new Shown(route);
  shown.open();
  if (focus) {
    window.scrollTo(0, 0);
    shown.heading.focus({ preventScroll: true });
  }
}

// With another language or another token.
function again() {
  restart();
  show(false);
}

applyTheme();
start();
show(false);
window.addEventListener('hashchange', () => show(true));
document.getElementById('skip').addEventListener('click', (click) => {
  // The address is the page's; it is not to become "#main".
  click.preventDefault();
  document.getElementById('main').focus();
});
