// The page's frame: tabs, the acting person, addresses, and the wait for changes.
import { api } from './api.js';
import { empty, h, replace, toast } from './dom.js';
import { language, t } from './texts.js';
import { chatView } from './chat.js';
import { tablesView } from './tables.js';
import { approvalsView } from './approvals.js';
import { trafficView } from './traffic.js';

const VIEWS = { chat: chatView, tables: tablesView, approvals: approvalsView, traffic: trafficView };
const ACTING = 'sandbox.acting';

/** What all views share. */
const app = {
  people: [],
  bot: null,
  acting: null,
  /** The person or bot with an open_id, user_id or the app's id, or undefined. */
  person(id) {
    return app.known.get(id);
  },
  known: new Map(),
  act(openId) {
    if (app.acting && app.acting.open_id === openId || !app.known.has(openId)) return;
    app.acting = app.known.get(openId);
    acting.value = openId;
    try {
      localStorage.setItem(ACTING, openId);
    } catch {
      // Storage may be off; the choice then lasts as long as the page.
    }
  },
  fail(error) {
    if (error.name !== 'AbortError') toast('error', t('failed', error.message));
  },
  go(address) {
    location.hash = address;
  },
};

const acting = document.getElementById('acting');
const live = document.getElementById('live');
const view = document.getElementById('view');
let shown = null;

/** The address as its parts: #/tab/part/part?filter */
function address() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  const [tab, ...parts] = path.split('/').map(part => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { tab: tab || 'chat', parts: parts.filter(Boolean), filter: new URLSearchParams(search || '') };
}

async function show() {
  const at = address();
  for (const tab of document.querySelectorAll('#tabs a')) {
    if (tab.dataset.tab === at.tab) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  const make = Object.hasOwn(VIEWS, at.tab) ? VIEWS[at.tab] : null;
  document.title = make ? `${t('tab.' + at.tab)} · ${t('title')}` : t('title');
  if (!make) {
    shown = null;
    replace(view, empty(t('not.found'), t('not.found.try')));
    return;
  }
  if (!shown || shown.tab !== at.tab) {
    const root = h('div', { class: `view ${at.tab}` });
    shown = { tab: at.tab, view: make(root, app) };
    replace(view, root);
  }
  try {
    await shown.view.open(at);
  } catch (error) {
    app.fail(error);
  }
}

const rest = ms => new Promise(resolve => setTimeout(resolve, ms));

async function follow() {
  let since = null;
  for (;;) {
    try {
      const answer = await api.changes(since);
      const first = since === null;
      since = answer.since;
      live.textContent = t('live');
      live.className = 'live on';
      const changed = new Set(answer.changed);
      if (!first && shown && shown.view.areas.some(area => changed.has(area))) await shown.view.changed(changed);
      await rest(changed.has('traffic') && changed.size === 1 ? 600 : 150);
    } catch (error) {
      live.textContent = t('offline');
      live.className = 'live off';
      await rest(1500);
    }
  }
}

async function begin() {
  document.documentElement.lang = language;
  document.querySelector('.brand span').textContent = t('title');
  document.getElementById('acting-label').textContent = t('acting');
  replace(document.getElementById('tabs'), Object.keys(VIEWS).map(tab => h('a', { href: `#/${tab}`, 'data-tab': tab }, t(`tab.${tab}`))));
  const { bot, people } = await api.people();
  app.people = people;
  app.bot = { ...bot, bot: true };
  for (const person of people) {
    app.known.set(person.open_id, person);
    app.known.set(person.user_id, person);
  }
  app.known.set(bot.open_id, app.bot);
  app.known.set(bot.app_id, app.bot);
  replace(acting, people.map(person => h('option', { value: person.open_id },
    person.name + (person.department ? ` · ${person.department}` : person.colleague ? '' : ` · ${t('guest')}`))));
  let stored = null;
  try {
    stored = localStorage.getItem(ACTING);
  } catch {
    // As above.
  }
  app.act(app.known.has(stored) ? stored : people[0].open_id);
  acting.addEventListener('change', () => {
    app.act(acting.value);
    if (shown) Promise.resolve(shown.view.acted()).catch(app.fail);
  });
  addEventListener('hashchange', show);
  await show();
  follow();
}

begin().catch(app.fail);
