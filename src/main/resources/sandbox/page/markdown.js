// Feishu's Markdown as DOM nodes. Tags of text are read here and never given to the browser as HTML.
import { h, link } from './dom.js';
import { t } from './texts.js';

const ENTITIES = { lt: '<', gt: '>', amp: '&', nbsp: '\u00a0', quot: '"', apos: "'", ensp: '\u2002', emsp: '\u2003' };
const DEEPEST = 6;

/**
 * Blocks: paragraphs, headings, lists, quotes, fenced code, tables, rules.
 *
 * @param context {people: Map of open_id to person, bot, color(name): CSS colour or null, hrefs: {name: {url}}}
 */
export function markdown(text, context) {
  const lines = String(text ?? '').replace(/<br\s*\/?>/gi, '\n').replace(/<hr\s*\/?>/gi, '\n---\n').split(/\r?\n/);
  const blocks = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) blocks.push(h('p', {}, joined(paragraph, context)));
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const fence = /^\s*```(\w*)\s*$/.exec(line);
    if (fence) {
      flush();
      const code = [];
      while (++i < lines.length && !/^\s*```\s*$/.test(lines[i])) code.push(lines[i]);
      blocks.push(h('pre', { class: 'code' }, h('code', {}, code.join('\n'))));
      continue;
    }
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) {
      flush();
      blocks.push(h('p', { class: `md-h md-h${heading[1].length}` }, inline(heading[2], context)));
      continue;
    }
    if (/^\s*(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) {
      flush();
      blocks.push(h('hr', {}));
      continue;
    }
    if (/^\s*>/.test(line)) {
      flush();
      const quoted = [line];
      while (i + 1 < lines.length && /^\s*>/.test(lines[i + 1])) quoted.push(lines[++i]);
      blocks.push(h('blockquote', {}, joined(quoted.map(each => each.replace(/^\s*>\s?/, '')), context)));
      continue;
    }
    if (/^\s*([-*]|\d+[.)])\s+/.test(line)) {
      flush();
      const items = [line];
      while (i + 1 < lines.length && /^\s*([-*]|\d+[.)])\s+/.test(lines[i + 1])) items.push(lines[++i]);
      blocks.push(list(items, context));
      continue;
    }
    if (/^\s*\|.*\|\s*$/.test(line) && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[i + 1] || '')) {
      flush();
      const rows = [cells(line)];
      i++;
      while (i + 1 < lines.length && /^\s*\|.*\|\s*$/.test(lines[i + 1])) rows.push(cells(lines[++i]));
      blocks.push(h('div', { class: 'scroll' }, h('table', { class: 'md-table' },
        h('thead', {}, h('tr', {}, rows[0].map(cell => h('th', {}, inline(cell, context))))),
        h('tbody', {}, rows.slice(1).map(row => h('tr', {}, row.map(cell => h('td', {}, inline(cell, context)))))))));
      continue;
    }
    if (line.trim() === '') flush();
    else paragraph.push(line);
  }
  flush();
  return h('div', { class: 'md' }, blocks);
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, '').split('|').map(cell => cell.trim());
}

function joined(lines, context) {
  return lines.flatMap((line, i) => i ? [h('br'), ...inline(line, context)] : inline(line, context));
}

function list(lines, context) {
  const root = { depth: -1, element: null };
  const stack = [root];
  for (const line of lines) {
    const [, space, mark, text] = /^(\s*)([-*]|\d+[.)])\s+(.*)$/.exec(line);
    const depth = space.replace(/\t/g, '    ').length;
    while (stack.length > 1 && stack[stack.length - 1].depth > depth) stack.pop();
    let top = stack[stack.length - 1];
    if (top.depth < depth) {
      const ordered = /\d/.test(mark);
      const element = h(ordered ? 'ol' : 'ul', ordered ? { start: parseInt(mark, 10) } : {});
      if (top.element) (top.element.lastElementChild || top.element).append(element);
      else root.first = element;
      top = { depth, element };
      stack.push(top);
    }
    top.element.append(h('li', {}, inline(text, context)));
  }
  return root.first;
}

const INLINE = [
  [/^\\([\\`*_{}[\]()#+\-.!~<>|])/, m => m[1]],
  [/^`([^`\n]+)`/, m => h('code', {}, m[1])],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, (m, c, d) => h('strong', {}, inline(m[1], c, d))],
  [/^__(?=\S)([\s\S]*?\S)__/, (m, c, d) => h('strong', {}, inline(m[1], c, d))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, (m, c, d) => h('s', {}, inline(m[1], c, d))],
  [/^\*(?=\S)([^*\n]*?\S)\*/, (m, c, d) => h('em', {}, inline(m[1], c, d))],
  [/^!\[([^\]]*)\]\(([^)\s]*)\)/, m => picture(m[1], m[2])],
  [/^\[([^\]]+)\]\((\$?(?:[^()\s]|\([^()\s]*\))+)\)/, (m, c, d) => link(target(m[2], c), inline(m[1], c, d))],
  [/^<(https?:\/\/[^>\s]+)>/, m => link(m[1], m[1])],
  [/^https?:\/\/[^\s<>()"'，。；）]+/, m => link(m[0], m[0])],
  [/^<at\s+(?:id|user_id|ids|email)=["']?([^"'>\s]*)["']?\s*\/?>(?:[^<]*<\/at>)?/i, (m, c) => mention(m[1], c)],
  [/^<person\s+id\s*=\s*["']?([^"'>\s]*)["']?[^>]*>(?:\s*<\/person>)?/i, (m, c) => mention(m[1], c)],
  [/^<font\s+color\s*=\s*["']?([\w-]+|rgba\([^)]*\))["']?\s*>([\s\S]*?)<\/font>/i, (m, c, d) => colored(m[1], inline(m[2], c, d), c)],
  [/^<text_tag\s+color\s*=\s*["']?([\w-]+)["']?\s*>([\s\S]*?)<\/text_tag>/i, (m, c, d) => textTag(m[1], inline(m[2], c, d))],
  [/^<a\s+href\s*=\s*["']?([^"'>\s]*)["']?[^>]*>([\s\S]*?)<\/a>/i, (m, c, d) => m[2] ? link(m[1], inline(m[2], c, d)) : link(m[1], m[1])],
  [/^<link\s+[^>]*?\burl\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/link>/i, (m, c, d) => link(m[1], inline(m[2], c, d))],
  [/^<(?:local_datetime)\s+[^>]*?millisecond\s*=\s*["'](\d{1,15})["'][^>]*>(?:<\/local_datetime>)?/i, m => new Date(Number(m[1])).toLocaleString()],
  [/^&(lt|gt|amp|nbsp|quot|apos|ensp|emsp);/, m => ENTITIES[m[1]]],
  [/^&#(x[0-9a-f]{1,6}|\d{1,7});/i, m => entity(m[1])],
];

/** The nodes of one line. */
export function inline(text, context, depth = 0) {
  const nodes = [];
  let plain = '';
  const put = node => {
    if (typeof node === 'string') {
      plain += node;
      return;
    }
    if (plain) nodes.push(plain);
    plain = '';
    nodes.push(node);
  };
  for (let i = 0; i < text.length;) {
    let found = null;
    if (depth < DEEPEST && (/[\\`*_~![<&]/.test(text[i]) || text.startsWith('http', i) && !/\w/.test(text[i - 1] || ' '))) {
      const rest = text.slice(i);
      for (const [pattern, make] of INLINE) {
        const match = pattern.exec(rest);
        if (match) {
          found = [match[0].length, make(match, context, depth + 1)];
          break;
        }
      }
    }
    if (found) {
      put(found[1]);
      i += found[0];
    } else {
      plain += text[i++];
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function entity(code) {
  const point = code[0] === 'x' || code[0] === 'X' ? parseInt(code.slice(1), 16) : parseInt(code, 10);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
}

function target(address, context) {
  if (!address.startsWith('$')) return address;
  const named = context.hrefs && context.hrefs[address.slice(1)];
  return named ? named.pc_url || named.url : address;
}

export function mention(id, context) {
  if (id === 'all') return h('span', { class: 'at' }, `@${t('everybody')}`);
  const person = context.person(id);
  return h('span', { class: person && person.bot ? 'at bot' : 'at', title: id }, `@${person ? person.name : id}`);
}

function colored(name, children, context) {
  const span = h('span', {}, children);
  const color = context.color(name);
  if (color) span.style.color = color;
  return span;
}

export function textTag(color, children) {
  return h('span', { class: `tag c-${/^[a-z]+$/.test(color || '') ? color : 'neutral'}` }, children);
}

export function picture(alt, key) {
  return h('span', { class: 'picture', title: key || null, role: 'img', 'aria-label': alt || t('image') },
    h('span', { class: 'picture-mark', 'aria-hidden': 'true' }, '▨'), alt || t('image'));
}
