// What went over the wire: calls of the Open Platform, pushes to the application, and failures made on purpose.
import { api } from './api.js';
import { empty, h, json, jsonText, keep, pager, replace, shortId, state, time, toast } from './dom.js';
import { has, language, t } from './texts.js';

const PAGE = 50;
const FAULTS = {
  429: { kind: 'status', status: 429, code: 99991400, msg: 'request trigger frequency limit', headers: { 'x-ogw-ratelimit-limit': '5', 'x-ogw-ratelimit-reset': '1' } },
  500: { kind: 'status', status: 500, code: 2200, msg: 'Internal Error' },
  drop: { kind: 'drop' },
  'after-drop': { kind: 'after-drop' },
  delay: { kind: 'delay', delay_ms: 5000 },
  code: { kind: 'code', status: 400, code: 1390001 },
};
const PATHS = ['/open-apis/im/v1/messages', '/open-apis/bitable/v1/apps', '/open-apis/approval/v4/instances', '/open-apis/auth/v3/tenant_access_token/internal', '/open-apis'];

export function trafficView(root, app) {
  let part = 'calls';
  let filter = {};
  let page = 0;
  let turn = 0;

  const tabs = h('nav', { class: 'subtabs', 'aria-label': t('tab.traffic') });
  const sum = h('h1', {});
  const form = h('form', { class: 'filters' });
  const body = h('div', { class: 'rows' });
  const nothing = h('div', {});
  const pages = h('div', {});
  const extra = h('div', {});
  root.append(tabs, h('div', { class: 'heading' }, sum), form, extra, body, nothing, pages);

  const address = (changes = {}) => {
    const to = { page, ...filter, ...changes };
    const search = new URLSearchParams(Object.entries(to).filter(([, value]) => value));
    return `#/traffic/${part}${String(search) ? `?${search}` : ''}`;
  };

  function showTabs() {
    replace(tabs, ['calls', 'pushes', 'faults'].map(each => h('a', { href: `#/traffic/${each}`, 'aria-current': each === part ? 'page' : null }, t(`tr.${each}`))));
  }

  function choice(name, label, options) {
    const control = h('select', { class: 'ci', name }, h('option', { value: '' }, t('all')), options.map(([value, text]) => h('option', { value }, text)));
    control.value = filter[name] || '';
    return h('label', {}, h('span', {}, label), control);
  }

  function words(name, label, hint) {
    const control = h('input', { class: 'ci', name, placeholder: hint || '', type: 'search' });
    control.value = filter[name] || '';
    return h('label', {}, h('span', {}, label), control);
  }

  function showFilters() {
    if (part === 'faults') {
      replace(form);
      form.hidden = true;
      return;
    }
    form.hidden = false;
    replace(form, part === 'calls' ? [
      choice('method', t('tr.method'), ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(each => [each, each])),
      words('path', t('tr.path'), t('tr.path.hint')),
      words('code', t('tr.code'), '0'),
    ] : [
      words('type', t('tr.type'), 'im.message.receive_v1'),
      choice('state', t('tr.status'), ['PENDING', 'ACKNOWLEDGED', 'DROPPED'].map(each => [each, t(`tr.${each}`)])),
    ], h('button', { class: 'btn' }, t('filter')), Object.keys(filter).length ? h('a', { class: 'btn', href: `#/traffic/${part}` }, t('tr.clear')) : null);
    for (const control of form.querySelectorAll('select')) control.addEventListener('change', () => form.requestSubmit());
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    filter = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    page = 0;
    app.go(address());
  });

  async function load() {
    const mine = ++turn;
    const shown = part;
    const answer = shown === 'faults' ? await api.faults() : await (shown === 'calls' ? api.calls : api.pushes)({ ...filter, page, size: PAGE });
    if (mine !== turn || shown !== part) return;
    if (shown === 'faults') {
      showFaults(answer.items);
      return;
    }
    const filtered = Object.keys(filter).length > 0;
    sum.textContent = t(`tr.${shown}.sum`, answer.total.toLocaleString(language));
    if (shown === 'calls') keep(body, answer.items, item => item.log_id, () => '', callRow);
    else keep(body, answer.items, item => item.id, item => JSON.stringify([item.state, item.attempts, item.next_at]), pushRow);
    replace(nothing, answer.total ? null : filtered ? empty(t('tr.nofit')) : empty(t(`tr.${shown}.empty`), t(`tr.${shown}.empty.try`)));
    replace(pages, pager(page, PAGE, answer.total, n => address({ page: n })));
  }

  /** A line that opens; what is in it is made when it is opened. */
  function line(kind, cells, inside, open) {
    const more = h('div', { class: 'line-more' });
    const element = h('details', { class: `line ${kind}`, open }, h('summary', {}, cells), more);
    const fill = () => {
      if (element.open && !more.firstChild) more.append(...inside().filter(Boolean));
    };
    element.addEventListener('toggle', fill);
    if (open) fill();
    return element;
  }

  function callRow(item) {
    const bad = item.status === 0 || item.status >= 400 || item.code;
    return line('call', [
      time(item.at),
      h('span', { class: `verb ${item.method.toLowerCase()}` }, item.method),
      h('span', { class: 'path', title: item.template || item.path }, item.path),
      state(bad ? 'bad' : 'good', item.status === 0 ? t('tr.dropped') : `HTTP ${item.status}`),
      h('span', { class: 'num', title: t('tr.code') }, item.code === null || item.code === undefined ? '–' : t('code', item.code)),
      h('span', { class: 'num' }, `${item.duration_ms} ms`),
    ], () => [
      h('dl', { class: 'facts' },
        h('dt', {}, t('tr.log')), h('dd', {}, shortId(item.log_id, 60)),
        h('dt', {}, t('tr.path')), h('dd', {}, h('code', {}, item.template || item.path)),
        item.query ? [h('dt', {}, t('tr.query')), h('dd', {}, h('code', {}, item.query))] : null),
      h('div', { class: 'two' },
        h('div', {}, h('h3', {}, t('tr.request')), jsonText(item.request)),
        h('div', {}, h('h3', {}, t('tr.response')), jsonText(item.response))),
    ]);
  }

  function pushRow(item, old) {
    const kinds = { ACKNOWLEDGED: 'good', PENDING: 'waiting', DROPPED: 'bad' };
    const last = item.attempts[item.attempts.length - 1];
    return line('push', [
      time(item.created_at),
      h('span', { class: 'verb' }, t(`tr.${item.kind}`)),
      h('span', { class: 'path' }, item.type),
      state(kinds[item.state] || 'idle', has(`tr.${item.state}`) ? t(`tr.${item.state}`) : item.state),
      h('span', { class: 'num' }, item.attempts.length ? `${item.attempts.length} × · ${last.status ? `HTTP ${last.status}` : last.outcome}` : '–'),
      item.next_at && item.state === 'PENDING' ? h('span', { class: 'num' }, `${t('tr.next')} `, time(item.next_at)) : h('span', { class: 'num' }, last ? `${last.duration_ms} ms` : ''),
    ], () => [
      h('div', { class: 'row' }, shortId(item.event_id, 60),
        item.kind === 'EVENT' ? h('button', {
          type: 'button', class: 'btn small', onclick: event => {
            event.target.disabled = true;
            api.redeliver(item.id)
              .then(answer => toast('info', t('tr.redelivered', answer.attempts.map(each => each.status || each.outcome).join(', '))))
              .then(load).catch(app.fail).finally(() => { event.target.disabled = false; });
          },
        }, t('tr.redeliver')) : null),
      item.attempts.length ? h('table', { class: 'attempts' },
        h('thead', {}, h('tr', {}, ['tr.time', 'tr.status', 'tr.ms', 'tr.answer'].map(key => h('th', {}, t(key))))),
        h('tbody', {}, item.attempts.map(each => h('tr', {},
          h('td', {}, time(each.at)),
          h('td', {}, state(each.outcome === 'acknowledged' ? 'good' : 'bad', each.status ? `HTTP ${each.status}` : each.outcome)),
          h('td', { class: 'num' }, each.duration_ms),
          h('td', {}, h('code', {}, (each.answer || '').slice(0, 200))))))) : null,
      h('h3', {}, t('tr.body')), json(item.body, 4),
    ], Boolean(old && old.open));
  }

  function showFaults(items) {
    sum.textContent = items.length ? t('fa.sum', items.length) : t('fa.none');
    keep(body, items, item => item.id, item => item.left, item => h('div', { class: 'line fault' },
      h('span', { class: 'verb' }, item.kind),
      h('span', { class: 'path' }, `${item.method || '*'} ${item.path}`),
      h('span', {}, item.kind === 'status' || item.kind === 'code' ? `HTTP ${item.status} · ${item.code}` : item.kind === 'delay' ? `${item.delay_ms} ms` : ''),
      h('span', { class: 'num' }, `${t('fa.left')} ${item.left}`)));
    replace(nothing, items.length ? null : empty(t('fa.none'), t('fa.none.try')));
    replace(pages, items.length ? h('button', {
      type: 'button', class: 'btn danger', onclick: () => api.clearFaults().then(() => toast('success', t('fa.cleared'))).then(load).catch(app.fail),
    }, t('fa.clear')) : null);
  }

  async function showFaultForms() {
    const kind = h('select', { class: 'ci', name: 'kind' }, ['429', '500', 'drop', 'after-drop', 'delay', 'code'].map(each => h('option', { value: each }, t(`fa.${each}`))));
    const method = h('select', { class: 'ci', name: 'method' }, h('option', { value: '' }, t('all')), ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(each => h('option', { value: each }, each)));
    const path = h('input', { class: 'ci wide', name: 'path', list: 'fault-paths', required: true });
    path.value = PATHS[0];
    const times = h('input', { class: 'ci short', name: 'times', type: 'number', min: '1', max: '1000', required: true });
    times.value = '1';
    const add = h('form', { class: 'filters' },
      h('label', {}, h('span', {}, t('fa.kind')), kind),
      h('label', {}, h('span', {}, t('tr.method')), method),
      h('label', {}, h('span', {}, t('fa.path')), path),
      h('label', {}, h('span', {}, t('fa.times')), times),
      h('datalist', { id: 'fault-paths' }, PATHS.map(each => h('option', { value: each }))),
      h('button', { class: 'btn primary' }, t('fa.add')));
    add.addEventListener('submit', event => {
      event.preventDefault();
      api.addFault({ ...FAULTS[kind.value], path: path.value.trim(), times: Number(times.value), ...(method.value ? { method: method.value } : {}) })
        .then(() => toast('success', t('fa.added'))).then(load).catch(app.fail);
    });

    const settings = await api.pushSettings();
    const number = (name, label, attributes) => {
      const control = h('input', { class: 'ci short', type: 'number', name, required: true, ...attributes });
      control.value = settings[name];
      return [control, h('label', {}, h('span', {}, label), control)];
    };
    const [duplicates, one] = number('duplicates', t('ps.duplicates'), { min: '0', max: '100' });
    const [delay, two] = number('delay_ms', t('ps.delay'), { min: '0', max: '3600000' });
    const [lost, three] = number('drop_probability', t('ps.lost'), { min: '0', max: '1', step: '0.05' });
    const [jitter, four] = number('jitter_ms', t('ps.jitter'), { min: '0', max: '3600000' });
    const [never, five] = number('lose_probability', t('ps.never'), { min: '0', max: '1', step: '0.05' });
    const paused = h('input', { type: 'checkbox', name: 'paused' });
    paused.checked = settings.paused;
    const travel = h('form', { class: 'filters' }, one, two, four, three, five, h('label', { class: 'inline' }, paused, h('span', {}, t('ps.paused'))), h('button', { class: 'btn' }, t('ps.save')));
    travel.addEventListener('submit', event => {
      event.preventDefault();
      api.changePushSettings({ duplicates: Number(duplicates.value), delay_ms: Number(delay.value), jitter_ms: Number(jitter.value), lose_probability: Number(never.value), drop_probability: Number(lost.value), paused: paused.checked })
        .then(() => toast('success', t('ps.saved'))).catch(app.fail);
    });
    replace(extra, add, h('h2', {}, t('ps.title')), travel, h('h2', {}, t('tr.faults')));
  }

  return {
    areas: ['traffic'],
    async open(at) {
      const wanted = ['pushes', 'faults'].includes(at.parts[0]) ? at.parts[0] : 'calls';
      if (wanted !== part) replace(body);
      part = wanted;
      filter = Object.fromEntries([...at.filter].filter(([name, value]) => value && ['method', 'path', 'code', 'type', 'state'].includes(name)));
      page = Math.max(0, parseInt(at.filter.get('page'), 10) || 0);
      showTabs();
      showFilters();
      if (part === 'faults') await showFaultForms();
      else replace(extra);
      await load();
    },
    changed: () => page === 0 || part === 'faults' ? load() : null,
    acted: () => null,
  };
}
