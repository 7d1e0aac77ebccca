// Building the page: elements, times, ids, JSON, toasts and dialogs. Data only ever becomes text nodes.
import { t, language } from './texts.js';

/** An element; `on…` attributes are listeners, false and null ones are left out, true ones are empty. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
}

/** Makes the children of `parent` those of `items`: a child whose key and signature are the same stays as it is. */
export function keep(parent, items, keyOf, signatureOf, make) {
  const before = new Map([...parent.children].map(child => [child.keptKey, child]));
  const wanted = items.map(item => {
    const key = keyOf(item);
    const signature = signatureOf(item);
    const old = before.get(key);
    if (old && old.keptSignature === signature) return old;
    const made = make(item, old);
    made.keptKey = key;
    made.keptSignature = signature;
    return made;
  });
  const staying = new Set(wanted);
  for (const child of [...parent.children]) if (!staying.has(child)) child.remove();
  wanted.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] || null);
  });
}

/** The address when it is one of the web, else null. */
export function webAddress(text) {
  if (typeof text !== 'string') return null;
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

export function openWeb(address) {
  const url = webAddress(address);
  if (url) window.open(url, '_blank', 'noopener,noreferrer');
  else toast('warning', t('link.refused', String(address)));
}

export function link(address, ...children) {
  const url = webAddress(address);
  return url
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children)
    : h('span', { class: 'dead-link', title: t('link.refused', String(address)) }, ...children);
}

const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });

function ago(ms) {
  const seconds = (ms - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(Math.round(seconds), 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86400), 'day');
}

/** A time, relative, with the exact one on hover; `when` is epoch milliseconds or ISO text. */
export function time(when) {
  const ms = typeof when === 'number' ? when : Date.parse(when);
  if (!ms) return h('span', {}, '–');
  const date = new Date(ms);
  const element = h('time', { datetime: date.toISOString(), title: exact.format(date) }, ago(ms));
  element.dataset.relative = ms;
  return element;
}

/** The time of day today, else the day. */
export function clockTime(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  const text = today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
  return h('time', { datetime: date.toISOString(), title: exact.format(date) }, text);
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-relative]')) {
    const text = ago(Number(element.dataset.relative));
    if (element.textContent !== text) element.textContent = text;
  }
}, 5000);

/** A short id with a button that copies the whole one. */
export function shortId(id, length = 12) {
  if (!id) return h('span', {}, '–');
  const text = id.length > length ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
  return h('span', { class: 'id', title: id }, h('code', {}, text), copyButton(id, t('copy')));
}

export function copyButton(text, label) {
  return h('button', {
    type: 'button', class: 'copy', title: label, 'aria-label': label,
    onclick: async event => {
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(text);
        toast('success', t('copied'));
      } catch {
        toast('warning', t('copy.refused'));
      }
    },
  }, symbol('M5 2h8v9h-2V4H5zM3 5h7v9H3z'));
}

/** A small drawing of one path, 16 by 16. */
function symbol(path) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(namespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** JSON, highlighted; objects and arrays below `open` levels are folded. */
export function json(value, open = 2) {
  return h('div', { class: 'json' }, node(value, open, null, true));
}

/** JSON that a string holds, as the platform likes to send it; undefined when it holds none. */
function inside(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function node(value, open, name, last) {
  const label = name === null ? [] : [h('span', { class: 'j-name' }, JSON.stringify(name)), ': '];
  const held = typeof value === 'string' ? inside(value) : undefined;
  if (held !== undefined) {
    label.push(h('span', { class: 'j-held', title: value }, t('json.text')), ' ');
    value = held;
  }
  const comma = last ? '' : ',';
  if (value === null || typeof value !== 'object') {
    const kind = value === null ? 'null' : typeof value;
    return h('div', { class: 'j-line' }, label, h('span', { class: `j-${kind}` }, JSON.stringify(value) ?? 'null'), comma);
  }
  const array = Array.isArray(value);
  const entries = array ? value.map(item => [null, item]) : Object.entries(value);
  const [begin, end] = array ? ['[', ']'] : ['{', '}'];
  if (!entries.length) return h('div', { class: 'j-line' }, label, begin + end + comma);
  return h('details', { class: 'j-fold', open: open > 0 },
    h('summary', {}, label, begin, h('span', { class: 'j-more' }, ` ${entries.length} `, end + comma)),
    h('div', { class: 'j-inner' }, entries.map(([key, item], i) => node(item, open - 1, key, i === entries.length - 1))),
    h('div', { class: 'j-line' }, end + comma));
}

/** Text that may be JSON: shown as such when it is. */
export function jsonText(text) {
  if (text === null || text === undefined || text === '') return h('p', { class: 'faint' }, t('nothing'));
  try {
    return json(JSON.parse(text), 3);
  } catch {
    return h('pre', { class: 'raw' }, text);
  }
}

export function toast(type, text) {
  const element = h('div', { class: `toast ${type}` }, h('span', { class: 'dot', 'aria-hidden': 'true' }), text);
  document.getElementById('toasts').append(element);
  element.addEventListener('click', () => element.remove());
  setTimeout(() => element.remove(), type === 'error' ? 6000 : 3000);
}

/** Asks before something is done. */
export function ask(title, text, yes = t('ok')) {
  return new Promise(resolve => {
    const dialog = h('dialog', { class: 'ask', 'aria-label': title },
      h('form', { method: 'dialog' },
        h('h2', {}, title), text ? h('p', {}, text) : null,
        h('div', { class: 'row end' },
          h('button', { value: 'no', class: 'btn' }, t('cancel')),
          h('button', { value: 'yes', class: 'btn primary', autofocus: true }, yes))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A picture of somebody: the beginning of the name on a colour of its own. */
export function avatar(name, id, bot = false) {
  const words = (name || '?').trim().split(/\s+/);
  const han = /\p{Script=Han}/u.test(name || '');
  const letters = han ? [...words[words.length > 1 && !/\p{Script=Han}/u.test(words[0]) ? 1 : 0]].slice(-2).join('')
    : words.slice(0, 2).map(word => [...word][0].toUpperCase()).join('');
  let sum = 0;
  for (const letter of id || name || '') sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return h('span', { class: `avatar a${bot ? 'bot' : sum % 8}`, 'aria-hidden': 'true' }, letters);
}

/** A state as a word with a dot. */
export function state(kind, word) {
  return h('span', { class: `state ${kind}` }, h('span', { class: 'dot', 'aria-hidden': 'true' }), word);
}

export function empty(title, ...lines) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), lines.map(line => h('p', {}, line)));
}

/** Links to the pages before and after, by the address's `page` (from 0). */
export function pager(page, size, total, addressOf) {
  const pages = Math.max(1, Math.ceil(total / size));
  if (pages <= 1) return null;
  const to = (n, text, rel) => n < 0 || n >= pages
    ? h('span', { class: 'btn disabled', 'aria-disabled': 'true' }, text)
    : h('a', { class: 'btn', href: addressOf(n), rel }, text);
  return h('nav', { class: 'pager', 'aria-label': t('pages') },
    to(page - 1, `‹ ${t('newer')}`, 'prev'), h('span', {}, `${page + 1} / ${pages}`), to(page + 1, `${t('older')} ›`, 'next'));
}
