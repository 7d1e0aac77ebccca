// Bases: tables whose cells are edited in place, in the name of the acting person.
import { api } from './api.js';
import { ask, copyButton, empty, h, link, pager, replace, toast } from './dom.js';
import { textTag } from './markdown.js';
import { language, t } from './texts.js';

const PAGE = 100;
const HUES = ['blue', 'green', 'orange', 'red', 'purple', 'turquoise', 'indigo', 'carmine', 'wathet', 'lime', 'grey'];

export function tablesView(root, app) {
  let base = null;
  let table = null;
  let shown = null;
  let page = 0;
  let words = '';
  let turn = 0;
  let rows = new Map();

  const tabs = h('nav', { class: 'subtabs', 'aria-label': t('tab.tables') });
  const sum = h('h1', {});
  const as = h('span', { class: 'faint' });
  const search = h('input', { type: 'search', class: 'ci', placeholder: t('tables.search'), 'aria-label': t('tables.search') });
  const head = h('thead', {});
  const body = h('tbody', {});
  const grid = h('div', { class: 'grid scroll' }, h('table', {}, head, body));
  const nothing = h('div', {});
  const pages = h('div', {});
  const adding = h('form', { class: 'row adding' });
  root.append(tabs, h('div', { class: 'heading' }, sum, as, h('span', { class: 'push-right' }, search)), grid, nothing, adding, pages);

  let waiting = null;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (table) history.replaceState(null, '', address(0, search.value.trim()));
      words = search.value.trim();
      page = 0;
      load().catch(app.fail);
    }, 250);
  });

  const address = (n, q = words) => {
    const filter = new URLSearchParams();
    if (n) filter.set('page', n);
    if (q) filter.set('q', q);
    return `#/tables/${table}${String(filter) ? `?${filter}` : ''}`;
  };

  async function loadBases(wanted) {
    const { bases } = await api.bases();
    const all = bases.flatMap(each => each.tables.map(one => ({ base: each, id: one.table_id, name: one.name })));
    const found = wanted ? all.find(each => each.id === wanted) : all.find(each => each.name === 'Orders') || all[0];
    base = found ? found.base.app_token : null;
    table = found ? found.id : null;
    replace(tabs, all.map(each => h('a', {
      href: `#/tables/${each.id}`, 'aria-current': each.id === table ? 'page' : null, title: each.base.app_token,
    }, h('span', { class: 'faint' }, `${each.base.name} / `), each.name)));
    return { any: all.length > 0, found: Boolean(found) };
  }

  async function load() {
    if (!table) return;
    const mine = ++turn;
    const wanted = table;
    const answer = await api.table(base, wanted, page + 1, PAGE, words);
    if (mine !== turn || wanted !== table) return;
    show(answer);
  }

  function show(answer) {
    const first = !shown || shown.table !== table || JSON.stringify(shown.fields) !== JSON.stringify(answer.fields);
    shown = { table, fields: answer.fields };
    sum.textContent = words ? t('tables.found', answer.name, answer.total.toLocaleString(language)) : t('tables.sum', answer.name, answer.total.toLocaleString(language));
    as.textContent = t('tables.as', app.acting.name);
    if (first) {
      rows = new Map();
      replace(body);
      replace(head, h('tr', {}, h('th', { class: 'num' }, '#'), answer.fields.map(field =>
        h('th', { scope: 'col', class: field.type === 2 ? 'num' : null, title: `${field.ui_type} · ${field.field_id}` }, field.field_name)),
      h('th', { scope: 'col' }, h('span', { class: 'hidden' }, t('tables.actions')))));
      showAdding(answer.fields);
    }
    const before = rows;
    rows = new Map();
    answer.records.forEach((record, i) => {
      const row = before.get(record.record_id) || makeRow(record, answer.fields, before.size > 0);
      before.delete(record.record_id);
      row.number.textContent = page * PAGE + i + 1;
      update(row, record, answer.fields);
      rows.set(record.record_id, row);
      if (body.children[i] !== row.element) body.insertBefore(row.element, body.children[i] || null);
    });
    for (const gone of before.values()) gone.element.remove();
    grid.hidden = !answer.fields.length;
    replace(nothing, answer.total ? null : words ? empty(t('tables.nofit')) : empty(t('tables.empty'), t('tables.empty.try')));
    replace(pages, pager(page, PAGE, answer.total, address));
  }

  function makeRow(record, fields, fresh) {
    const number = h('td', { class: 'num faint' });
    const row = { number, cells: new Map(), record: null };
    const remove = h('button', { type: 'button', class: 'copy', title: t('tables.delete'), 'aria-label': t('tables.delete'), onclick: () => drop(row).catch(app.fail) }, '✕');
    row.element = h('tr', { class: fresh ? 'fresh' : null }, number, fields.map(field => {
      const cell = editor(row, field);
      row.cells.set(field.field_id, cell);
      return cell.element;
    }), h('td', { class: 'row-actions' }, copyButton(record.record_id, `${t('copy')} ${record.record_id}`), remove));
    return row;
  }

  function update(row, record, fields) {
    row.record = record;
    for (const field of fields) {
      const cell = row.cells.get(field.field_id);
      const value = record.fields[field.field_name];
      const text = JSON.stringify(value ?? null);
      if (cell.text === text) continue;
      const known = cell.text !== undefined;
      cell.text = text;
      if (cell.busy()) {
        toast('warning', t('tables.changed'));
        continue;
      }
      cell.write(value);
      if (known) {
        cell.element.classList.remove('flash');
        requestAnimationFrame(() => cell.element.classList.add('flash'));
      }
    }
  }

  /** A cell: an input for the types that people edit here, else the value. */
  function editor(row, field) {
    const label = field.field_name;
    const make = (control, read, write) => {
      const element = h('td', { class: field.type === 2 ? 'num' : field.type === 7 ? 'check' : null }, control);
      const cell = { element, text: undefined, write, busy: () => document.activeElement === control && cell.dirty, dirty: false };
      control.setAttribute('aria-label', label);
      control.addEventListener('input', () => { cell.dirty = true; });
      control.addEventListener('change', () => save(row, field, cell, read));
      control.addEventListener('blur', () => { cell.dirty = false; });
      control.addEventListener('keydown', event => {
        if (event.key === 'Escape') {
          cell.dirty = false;
          write(JSON.parse(cell.text ?? 'null'));
          control.blur();
        } else if (event.key === 'Enter' && field.type !== 7) {
          control.blur();
        }
      });
      return cell;
    };
    switch (field.type) {
      case 1: {
        const control = h('input', { type: field.ui_type === 'Email' ? 'email' : 'text' });
        return make(control, () => control.value === '' ? null : control.value, value => {
          control.value = written(value);
          control.title = control.value.length > 24 ? control.value : '';
        });
      }
      case 2: {
        const control = h('input', { type: 'text', inputmode: 'decimal' });
        return make(control, () => {
          if (control.value.trim() === '') return null;
          const number = Number(control.value.replace(/,/g, ''));
          if (!Number.isFinite(number)) throw new Error(t('tables.number', label, control.value));
          return number;
        }, value => { control.value = value === undefined || value === null ? '' : numeral(value, field); });
      }
      case 3: {
        const control = h('select', {});
        return make(control, () => control.value || null, value => {
          const options = ((field.property || {}).options || []).map(option => option.name);
          if (value && !options.includes(value)) options.push(value);
          replace(control, h('option', { value: '' }, ''), options.map(name => h('option', { value: name }, name)));
          control.value = value || '';
          const at = options.indexOf(value);
          const color = ((field.property || {}).options || [])[at];
          control.className = value ? `choice c-${HUES[(color ? color.color : 0) % HUES.length]}` : 'choice';
        });
      }
      case 5: {
        const control = h('input', { type: 'datetime-local', step: '1' });
        return make(control, () => control.value ? new Date(control.value).getTime() : null, value => {
          control.value = typeof value === 'number' ? local(value) : '';
        });
      }
      case 7: {
        const control = h('input', { type: 'checkbox' });
        return make(control, () => control.checked, value => { control.checked = value === true; });
      }
      default: {
        const element = h('td', { class: 'fixed' });
        return { element, text: undefined, busy: () => false, write: value => replace(element, plain(value, field)) };
      }
    }
  }

  async function save(row, field, cell, read) {
    cell.dirty = false;
    const before = JSON.parse(cell.text ?? 'null');
    try {
      const value = read();
      if (JSON.stringify(simple(before)) === JSON.stringify(value)) {
        cell.write(before);
        return;
      }
      const { record } = await api.editRow(base, table, row.record.record_id, app.acting.open_id, { [field.field_name]: value });
      cell.text = JSON.stringify(record.fields[field.field_name] ?? null);
      cell.write(record.fields[field.field_name]);
      cell.element.classList.remove('flash', 'saved');
      requestAnimationFrame(() => cell.element.classList.add('saved'));
    } catch (error) {
      cell.write(before);
      app.fail(error);
    }
  }

  async function drop(row) {
    const primary = shown.fields.find(field => field.is_primary);
    const name = primary ? String(written(row.record.fields[primary.field_name]) || row.record.record_id) : row.record.record_id;
    if (!await ask(t('tables.delete.ask', name), '', t('tables.delete'))) return;
    await api.deleteRow(base, table, row.record.record_id, app.acting.open_id);
    await load();
  }

  function showAdding(fields) {
    const primary = fields.find(field => field.is_primary) || fields[0];
    if (!primary) {
      replace(adding);
      return;
    }
    const text = h('input', { class: 'ci', placeholder: primary.field_name, 'aria-label': primary.field_name });
    replace(adding, text, h('button', { class: 'btn' }, t('tables.add')));
    adding.onsubmit = event => {
      event.preventDefault();
      const value = text.value.trim();
      const fields = value === '' ? {} : { [primary.field_name]: primary.type === 2 ? Number(value) : value };
      api.addRow(base, table, app.acting.open_id, fields).then(() => {
        text.value = '';
        return load();
      }).catch(app.fail);
    };
  }

  return {
    areas: ['tables'],
    async open(at) {
      words = at.filter.get('q') || '';
      page = Math.max(0, parseInt(at.filter.get('page'), 10) || 0);
      if (document.activeElement !== search) search.value = words;
      const { any, found } = await loadBases(at.parts[0]);
      if (!found) {
        shown = null;
        turn++;
        sum.textContent = t('tab.tables');
        as.textContent = '';
        grid.hidden = true;
        replace(adding);
        replace(pages);
        replace(nothing, any ? empty(t('not.found'), t('not.found.try')) : empty(t('tables.none'), t('tables.none.try')));
        return;
      }
      await load();
    },
    async changed() {
      await loadBases(table);
      await load();
    },
    acted() {
      as.textContent = t('tables.as', app.acting.name);
    },
  };
}

/** The text of a cell of segments. */
function written(value) {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(each => each && typeof each === 'object' ? each.text ?? '' : String(each)).join('') : String(value);
}

/** What was read, as it would be written. */
function simple(value) {
  return Array.isArray(value) ? written(value) : value;
}

function numeral(value, field) {
  const format = (field.property || {}).formatter || '';
  const digits = /^0\.(0+)$/.exec(format);
  return digits ? Number(value).toFixed(digits[1].length) : String(value);
}

function local(ms) {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

/** A value of a type that is not edited here. */
function plain(value, field) {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && (field.type === 1001 || field.type === 1002)) return new Date(value).toLocaleString(language);
  if (typeof value === 'object' && !Array.isArray(value)) return value.link ? link(value.link, value.text || value.link) : value.text || value.name || JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.flatMap((each, i) => [i ? ' ' : '', each && typeof each === 'object'
      ? each.name || each.text || JSON.stringify(each) : textTag('neutral', String(each))]);
  }
  return String(value);
}
