// Approval instances: who waits for whom, and what the approvers and the applicant can do.
import { api } from './api.js';
import { ask, avatar, copyButton, empty, h, json, keep, pager, replace, shortId, state, time, toast } from './dom.js';
import { has, language, t } from './texts.js';

const PAGE = 50;
const STATES = ['PENDING', 'APPROVED', 'REJECTED', 'CANCELED', 'REVERTED', 'DELETED'];
const KINDS = { PENDING: 'waiting', APPROVED: 'good', REJECTED: 'bad', CANCELED: 'idle', DELETED: 'idle', REVERTED: 'bad', DONE: 'good', TRANSFERRED: 'idle', WAITING: 'idle' };

const word = status => has(`ap.${status}`) ? t(`ap.${status}`) : status;
const mark = status => state(KINDS[status] || 'idle', word(status));

export function approvalsView(root, app) {
  let code = null;
  let status = '';
  let page = 0;
  let turn = 0;

  const sum = h('h1', {});
  const filters = h('nav', { class: 'subtabs', 'aria-label': t('filter') });
  const list = h('div', { class: 'instances' });
  const nothing = h('div', {});
  const pages = h('div', {});
  const detail = h('section', { class: 'detail', 'aria-live': 'polite' });
  root.append(h('div', { class: 'heading' }, sum), filters,
    h('div', { class: 'split' }, h('div', { class: 'split-list' }, list, nothing, pages), detail));

  const name = id => (app.person(id) || { name: id || '–' }).name;
  const address = (changes = {}) => {
    const to = { code, status, page, ...changes };
    const filter = new URLSearchParams();
    if (to.status) filter.set('status', to.status);
    if (to.page) filter.set('page', to.page);
    return `#/approvals${to.code ? `/${encodeURIComponent(to.code)}` : ''}${String(filter) ? `?${filter}` : ''}`;
  };

  async function load() {
    const mine = ++turn;
    const [answer, one] = await Promise.all([api.instances(status, page, PAGE), code ? api.instance(code).catch(error => {
      if (error.status === 404) return null;
      throw error;
    }) : undefined]);
    if (mine !== turn) return;
    showList(answer);
    showDetail(one);
  }

  function showList(answer) {
    const all = Object.values(answer.counts).reduce((n, each) => n + each, 0);
    const waiting = answer.counts.PENDING || 0;
    sum.textContent = waiting ? t('ap.sum', waiting, all) : t('ap.sum.none', all);
    replace(filters, ['', ...STATES.filter(each => answer.counts[each] || each === status)].map(each => h('a', {
      href: address({ status: each, page: 0 }), 'aria-current': each === status ? 'page' : null,
    }, each ? word(each) : t('all'), h('span', { class: 'count' }, each ? answer.counts[each] || 0 : all))));
    keep(list, answer.items, item => item.instance_code, item => JSON.stringify([item, item.instance_code === code, status, page]), item => h('a', {
      class: 'instance', href: address({ code: item.instance_code }), 'aria-current': item.instance_code === code ? 'true' : null,
    },
    avatar(name(item.open_id), item.open_id),
    h('span', { class: 'instance-main' },
      h('span', { class: 'instance-top' }, h('b', {}, titleOf(item)), mark(item.status)),
      h('span', { class: 'faint' }, summary(item), ' · ', name(item.open_id), ' · ', time(item.start_ms),
        item.pending.length ? ` · ${t('ap.waits', item.pending.map(name).join('、'))}` : ''))));
    replace(nothing, answer.total ? null : all ? empty(t('ap.nofit')) : empty(t('ap.empty'), t('ap.empty.try')));
    replace(pages, pager(page, PAGE, answer.total, n => address({ page: n })));
  }

  const widget = (item, id) => (Array.isArray(item.form) ? item.form : []).find(each => each.custom_id === id);

  function titleOf(item) {
    const title = widget(item, 'title');
    return title && title.value ? String(title.value) : item.title || item.definition;
  }

  function summary(item) {
    const amount = widget(item, 'amount'), currency = widget(item, 'currency'), request = widget(item, 'request_id');
    return [request && request.value, amount && [currency && currency.value, value(amount)].filter(Boolean).join(' ')].filter(Boolean).join(' · ') || item.serial_number;
  }

  function value(entry) {
    if (typeof entry.value === 'number') return entry.value.toLocaleString(language, entry.type === 'amount' ? { minimumFractionDigits: 2 } : {});
    if (Array.isArray(entry.value) && entry.value.every(each => typeof each !== 'object')) return entry.value.join('、');
    if (entry.value && typeof entry.value === 'object') return json(entry.value, 1);
    return String(entry.value ?? '');
  }

  let signature = '';

  function showDetail(one) {
    root.classList.toggle('has-detail', Boolean(code));
    const next = JSON.stringify([one, code, app.acting.open_id]);
    if (next === signature) return;
    signature = next;
    if (!code) {
      replace(detail, h('p', { class: 'faint center' }, t('ap.choose')));
      return;
    }
    if (!one) {
      replace(detail, empty(t('not.found'), t('not.found.try')));
      return;
    }
    const comment = h('input', { class: 'ci', placeholder: t('ap.comment'), 'aria-label': t('ap.comment') });
    const old = detail.querySelector('input');
    if (old) comment.value = old.value;
    const link = `${location.origin}/#/approvals/${encodeURIComponent(one.instance_code)}`;
    replace(detail,
      h('a', { class: 'back', href: address({ code: null }) }, `‹ ${t('tab.approvals')}`),
      h('div', { class: 'detail-head' }, h('h2', {}, titleOf(one)), mark(one.status), copyButton(link, t('ap.link'))),
      h('p', { class: 'faint' }, one.definition, ' · ', t('ap.by', name(one.open_id)), ' · ', time(one.start_ms), ' · ', shortId(one.instance_code, 40)),
      actions(one, comment),
      h('h3', {}, t('ap.form')),
      h('dl', { class: 'form-values' }, (Array.isArray(one.form) ? one.form : []).map(entry => [h('dt', {}, entry.name || entry.custom_id || entry.id), h('dd', {}, value(entry))])),
      h('h3', {}, t('ap.nodes')),
      h('ol', { class: 'steps' }, (one.nodes || []).map((node, i) => step(node, i, one))),
      h('h3', {}, t('ap.timeline')),
      h('ol', { class: 'timeline' }, one.timeline.map(entry => h('li', {},
        avatar(name(entry.open_id), entry.open_id || '?'),
        h('span', {}, h('b', {}, entry.open_id ? name(entry.open_id) : ''), ' ',
          has(`ap.t.${entry.type}`) ? t(`ap.t.${entry.type}`, entry.target ? name(entry.target) : '') : entry.type,
          entry.comment ? h('q', {}, entry.comment) : null),
        time(entry.create_ms)))));
  }

  function step(node, i, one) {
    const tasks = one.tasks.filter(task => task.node === i);
    const shown = tasks.length ? tasks : (node.approvers || []).map(id => ({ open_id: id, status: 'WAITING' }));
    return h('li', {}, h('b', {}, node.name), ' ', h('span', { class: 'faint' }, node.node_type),
      shown.map(task => h('div', { class: 'task' }, avatar(name(task.open_id), task.open_id), name(task.open_id), mark(task.status), task.end_ms ? time(task.end_ms) : null)));
  }

  function actions(one, comment) {
    const act = (what, body) => async () => {
      try {
        if (has(`ap.ask.${what}`) && !await ask(t(`ap.ask.${what}`), titleOf(one), t(`ap.${what}`))) return;
        await api.decide(one.instance_code, what, body);
        toast('success', t('ap.done'));
        comment.value = '';
        await load();
      } catch (error) {
        app.fail(error);
      }
    };
    if (one.status === 'PENDING') {
      const turns = one.pending.includes(app.acting.open_id) ? [app.acting.open_id] : one.pending;
      const decide = (what, open_id) => () => act(what, { open_id, ...(comment.value.trim() ? { comment: comment.value.trim() } : {}) })();
      const own = id => id === app.acting.open_id;
      return h('div', { class: 'decide' }, comment, h('div', { class: 'row' },
        turns.map(id => [
          h('button', { type: 'button', class: 'btn primary', onclick: decide('approve', id) }, own(id) ? t('ap.approve') : t('ap.approve.as', name(id))),
          h('button', { type: 'button', class: 'btn danger', onclick: decide('reject', id) }, own(id) ? t('ap.reject') : t('ap.reject.as', name(id))),
        ]),
        h('button', { type: 'button', class: 'btn', onclick: act('cancel', {}) }, t('ap.cancel'))));
    }
    return one.status === 'APPROVED'
      ? h('div', { class: 'decide' }, h('div', { class: 'row' }, h('button', { type: 'button', class: 'btn danger', onclick: act('revert', {}) }, t('ap.revert'))))
      : null;
  }

  return {
    areas: ['approvals'],
    open(at) {
      code = at.parts[0] || null;
      status = at.filter.get('status') || '';
      page = Math.max(0, parseInt(at.filter.get('page'), 10) || 0);
      return load();
    },
    changed: load,
    acted: load,
  };
}
