// Cards, JSON 2.0 and 1.0, as Feishu shows them. What is not known here is shown as such, with its JSON.
import { h, ask, avatar, json, link, openWeb, toast, webAddress } from './dom.js';
import { inline, markdown, mention, picture, textTag } from './markdown.js';
import { language, t } from './texts.js';

const HUES = new Set(['blue', 'wathet', 'turquoise', 'green', 'lime', 'yellow', 'sunflower', 'orange', 'red', 'carmine',
  'violet', 'purple', 'indigo', 'grey', 'neutral']);
const SPACES = { small: '4px', medium: '8px', large: '12px', extra_large: '16px', default: '8px' };
const SIZES = {
  'heading-0': 'x30', 'heading-1': 'x24', 'heading-2': 'x20', 'heading-3': 'x18', 'heading-4': 'x16', heading: 'x16', normal: 'x14',
  notation: 'x12', 'xxxx-large': 'x30', 'xxx-large': 'x24', 'xx-large': 'x20', 'x-large': 'x18', large: 'x16', medium: 'x14',
  small: 'x12', 'x-small': 'x10',
};
const LENGTHS = /^(-?\d{1,3}(\.\d+)?(px)?)(\s+-?\d{1,3}(\.\d+)?(px)?){0,3}$/;
const DEEPEST = 12;

/** A colour of the platform as CSS, or null. Levels below 600 are tints, those above are shades. */
export function color(name, config) {
  if (typeof name !== 'string') return null;
  const own = config && config.style && config.style.color && config.style.color[name];
  if (own) {
    const light = color(own.light_mode), dark = color(own.dark_mode);
    return light && dark ? `light-dark(${light}, ${dark})` : light;
  }
  if (/^rgba?\(\s*[\d.]+\s*,\s*[\d.]+\s*,\s*[\d.]+\s*(,\s*[\d.]+\s*)?\)$/.test(name)) return name;
  if (name === 'white' || name === 'bg-white') return 'var(--surface)';
  if (name === 'default') return null;
  const [, hue, level] = /^([a-z]+)(?:-(\d{2,4}))?$/.exec(name) || [];
  if (!HUES.has(hue)) return null;
  if (level === undefined) return `var(--hue-${hue})`;
  const tint = { '00': 2, 50: 8, 100: 15, 200: 28, 300: 42, 350: 50, 400: 62, 500: 82, 600: 100 }[level];
  if (tint) return `color-mix(in srgb, var(--hue-${hue}) ${tint}%, var(--surface))`;
  return `color-mix(in srgb, var(--hue-${hue}) ${{ 650: 92, 700: 82, 800: 65, 900: 48, 950: 40, 1000: 30 }[level] || 100}%, var(--text))`;
}

/**
 * A card.
 *
 * @param card the content of an interactive message
 * @param around {person(id), members(): people of the chat, click(action) → promise of true when the callback succeeded}
 */
export function renderCard(card, around) {
  if (!card || typeof card !== 'object' || card.type === 'template' || card.type === 'card') {
    return h('div', { class: 'card' }, unknown(card && card.type ? `type: ${card.type}` : 'card', card));
  }
  const second = card.schema === '2.0';
  const config = card.config || {};
  const context = {
    ...around, second, config, depth: 0, form: null, hrefs: null,
    color: name => color(name, config),
  };
  const body = card.body || {};
  const elements = second ? body.elements : localized(card.i18n_elements) || card.elements;
  const inner = box(h('div', { class: 'card-body' }), second ? body : {}, context);
  if (Array.isArray(elements)) inner.append(...elements.map(element => component(element, context)));
  const header = card.header || localized(card.i18n_header);
  const element = h('div', { class: `card width-${['compact', 'fill'].includes(config.width_mode) ? config.width_mode : 'default'}` },
    header ? head(header, context) : null, inner);
  const whole = card.card_link && (card.card_link.url || card.card_link.pc_url);
  if (webAddress(whole)) element.append(h('div', { class: 'card-link' }, link(whole, t('card.link'))));
  return element;
}

function head(header, context) {
  const template = HUES.has(header.template) ? header.template : 'default';
  const tags = (localized(header.i18n_text_tag_list) || header.text_tag_list || []).slice(0, 3);
  return h('div', { class: `card-head c-${template}` },
    header.icon || header.ud_icon ? icon(header.icon || header.ud_icon, context) : null,
    h('div', { class: 'card-titles' },
      h('div', { class: 'card-title' }, text(header.title, context),
        tags.map(tag => textTag(tag.color, text(tag.text, context)))),
      header.subtitle && plain(header.subtitle) ? h('div', { class: 'card-subtitle' }, text(header.subtitle, context)) : null));
}

function localized(map) {
  if (!map || typeof map !== 'object') return null;
  const key = language.replace('-', '_').toLowerCase();
  return map[key] ?? map[key.startsWith('zh') ? 'zh_cn' : 'en_us'] ?? Object.values(map)[0] ?? null;
}

/** The words of a text object. */
function plain(value) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return String(localized(value.i18n_content || value.i18n) ?? value.content ?? '');
}

function text(value, context) {
  const words = plain(value);
  if (value && (value.tag === 'lark_md' || value.tag === 'markdown')) {
    return words.split('\n').flatMap((line, i) => i ? [h('br'), ...inline(line, context)] : inline(line, context));
  }
  return words.split('\n').flatMap((line, i) => i ? [h('br'), line] : [line]);
}

function styledText(value, context) {
  const span = h('span', { class: `text ${SIZES[size(value && value.text_size, context)] || ''}` }, text(value, context));
  const shade = value && value.tag === 'plain_text' && context.color(value.text_color);
  if (shade) span.style.color = shade;
  align(span, value && value.text_align);
  if (value && Number.isInteger(value.lines) && value.lines > 0) {
    span.classList.add('clamped');
    span.style.webkitLineClamp = value.lines;
  }
  return span;
}

function size(name, context) {
  const own = context.config.style && context.config.style.text_size && context.config.style.text_size[name];
  return own ? own.pc || own.default || 'normal' : name;
}

function align(element, where) {
  if (['left', 'center', 'right'].includes(where)) {
    element.style.display = 'block';
    element.style.textAlign = where;
  }
}

function lengths(value) {
  if (typeof value !== 'string' || !LENGTHS.test(value.trim())) return null;
  return value.trim().split(/\s+/).map(each => each.endsWith('px') ? each : `${each}px`).join(' ');
}

function space(value) {
  return SPACES[value] || (typeof value === 'string' && /^\d{1,2}px$/.test(value) ? value : null);
}

/** Gives an element the layout of a container. */
function box(element, value, context) {
  const ends = { left: 'flex-start', top: 'flex-start', center: 'center', right: 'flex-end', bottom: 'flex-end' };
  const style = element.style;
  const horizontal = value.direction === 'horizontal';
  if (horizontal) {
    style.flexDirection = 'row';
    style.flexWrap = 'wrap';
  }
  const across = ends[value.horizontal_align], down = ends[value.vertical_align];
  if (across) style[horizontal ? 'justifyContent' : 'alignItems'] = across;
  if (down) style[horizontal ? 'alignItems' : 'justifyContent'] = down;
  if (space(value.vertical_spacing)) style.rowGap = space(value.vertical_spacing);
  if (space(value.horizontal_spacing)) style.columnGap = space(value.horizontal_spacing);
  if (lengths(value.padding)) style.padding = lengths(value.padding);
  const back = context.color(value.background_style);
  if (back) {
    style.background = back;
    style.borderRadius = '6px';
  }
  return element;
}

function unknown(what, value) {
  return h('details', { class: 'unknown' }, h('summary', {}, t('card.unknown', what)), json(value ?? null, 1));
}

/** A component by its tag, with its margin. */
function component(value, context) {
  if (!value || typeof value !== 'object') return unknown('?', value);
  if (context.depth > DEEPEST) return unknown(t('card.deep'), value);
  const inside = { ...context, depth: context.depth + 1 };
  const make = COMPONENTS[value.tag];
  if (!make || !Object.hasOwn(COMPONENTS, value.tag)) return unknown(String(value.tag ?? '?'), value);
  const element = make(value, inside);
  if (lengths(value.margin)) element.style.margin = lengths(value.margin);
  return element;
}

const children = (value, context) => (Array.isArray(value.elements) ? value.elements : []).map(each => component(each, context));

const COMPONENTS = {
  plain_text: (v, c) => styledText(v, c),
  lark_md: (v, c) => styledText(v, c),
  hr: () => h('hr', {}),
  div(v, c) {
    const element = h('div', { class: 'card-div' },
      h('div', { class: 'card-div-main' },
        v.icon ? icon(v.icon, c) : null,
        v.text ? styledText(v.text, c) : null),
      Array.isArray(v.fields) ? h('div', { class: 'fields' }, v.fields.map(f => h('div', { class: f.is_short ? 'field short' : 'field' }, text(f.text, c)))) : null);
    if (v.extra) element.append(h('div', { class: 'extra' }, component(v.extra, c)));
    return element;
  },
  markdown(v, c) {
    const element = markdown(localized(v.i18n_content) ?? v.content, { ...c, hrefs: v.href });
    const sized = SIZES[size(v.text_size, c)];
    if (sized) element.classList.add(sized);
    if (['left', 'center', 'right'].includes(v.text_align)) element.style.textAlign = v.text_align;
    return v.icon ? h('div', { class: 'with-icon' }, icon(v.icon, c), element) : element;
  },
  note: (v, c) => h('div', { class: 'note' }, children(v, c)),
  img(v, c) {
    const words = v.alt ? plain(v.alt) : '';
    return h('div', { class: 'card-img' }, v.title ? h('div', { class: 'img-title' }, text(v.title, c)) : null, picture(words, v.img_key));
  },
  img_combination: v => h('div', { class: 'img-grid' }, (v.img_list || []).map(each => picture('', each.img_key))),
  icon: (v, c) => icon(v, c),
  standard_icon: (v, c) => icon(v, c),
  custom_icon: (v, c) => icon(v, c),
  person: (v, c) => h('span', { class: `person ${v.style === 'capsule' ? 'capsule' : ''}` }, person(v.user_id, c, v.show_avatar !== false, v.show_name !== false)),
  person_list: (v, c) => h('div', { class: 'people' }, (v.persons || []).map(each => h('span', { class: 'person' }, person(each.id, c, v.show_avatar !== false, v.show_name !== false)))),
  column_set(v, c) {
    const columns = Array.isArray(v.columns) ? v.columns : [];
    const mode = ['stretch', 'flow', 'bisect', 'trisect'].includes(v.flex_mode) ? v.flex_mode : 'none';
    const element = box(h('div', { class: `columns ${mode}` }), { ...v, direction: null }, c);
    const horizontal = { left: 'flex-start', center: 'center', right: 'flex-end' }[v.horizontal_align];
    if (horizontal) element.style.justifyContent = horizontal;
    element.style.alignItems = '';
    element.append(...columns.map(column => columnOf(column, c)));
    return jump(element, v.action);
  },
  column: (v, c) => columnOf(v, c),
  action(v, c) {
    const layout = ['bisected', 'trisection', 'flow'].includes(v.layout) ? v.layout : 'flow';
    return h('div', { class: `actions ${layout}` }, (v.actions || []).map(each => component(each, c)));
  },
  interactive_container(v, c) {
    const element = box(h('div', { class: v.has_border ? 'container bordered' : 'container' }), v, c);
    element.append(...children(v, c));
    if (!v.disabled) clickable(element, () => act(v, c, { tag: 'interactive_container' }, element));
    else element.classList.add('is-disabled');
    return element;
  },
  collapsible_panel(v, c) {
    const header = v.header || {};
    const summary = h('summary', {}, header.title && header.title.tag === 'markdown' ? inline(plain(header.title), c) : text(header.title, c));
    const back = c.color(header.background_color);
    if (back) summary.style.background = back;
    const element = h('details', { class: 'panel', open: v.expanded === true }, summary,
      box(h('div', { class: 'panel-body' }, children(v, c)), v, c));
    const edge = v.border && c.color(v.border.color);
    if (edge) element.style.borderColor = edge;
    return element;
  },
  form(v, c) {
    const form = { fields: new Map(), resets: [] };
    const element = h('form', { class: 'card-form', novalidate: true });
    element.addEventListener('submit', event => event.preventDefault());
    box(element, v, c).append(...children(v, { ...c, form }));
    return element;
  },
  table: (v, c) => table(v, c),
  button,
  input,
  overflow,
  checker,
  select_static: (v, c) => select(v, c, v.options || [], false),
  multi_select_static: (v, c) => select(v, c, v.options || [], true),
  select_person: (v, c) => select(v, c, peopleOptions(v, c), false),
  multi_select_person: (v, c) => select(v, c, peopleOptions(v, c), true),
  select_img: (v, c) => select(v, c, (v.options || []).map(o => ({ value: o.value, text: `${t('image')} ${o.img_key}` })), v.multi_select === true),
  date_picker: (v, c) => picker(v, c, 'date', v.initial_date, value => value),
  picker_time: (v, c) => picker(v, c, 'time', v.initial_time, value => value),
  picker_datetime: (v, c) => picker(v, c, 'datetime-local', (v.initial_datetime || '').replace(' ', 'T'), value => value.replace('T', ' ')),
};

function columnOf(v, c) {
  const element = box(h('div', { class: 'column' }), v, c);
  if (/^\d{2,3}px$/.test(v.width || '')) {
    element.style.flex = `0 1 ${v.width}`;
  } else if (v.width === 'weighted') {
    element.style.flex = `${Number.isInteger(v.weight) && v.weight > 0 && v.weight < 6 ? v.weight : 1} 1 0`;
  } else {
    element.style.flex = '0 1 auto';
  }
  const down = { center: 'center', bottom: 'flex-end' }[v.vertical_align];
  if (down) element.style.alignSelf = down;
  element.append(...children(v, c));
  return jump(element, v.action);
}

function jump(element, action) {
  const url = action && action.multi_url && (action.multi_url.url || action.multi_url.pc_url);
  if (url) clickable(element, () => openWeb(url));
  return element;
}

function clickable(element, work) {
  element.classList.add('clickable');
  element.tabIndex = 0;
  element.setAttribute('role', 'button');
  element.addEventListener('click', event => {
    if (!event.target.closest('button, a, input, select, summary')) work();
  });
  element.addEventListener('keydown', event => {
    if (event.target === element && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      work();
    }
  });
}

function icon(value, context) {
  const token = value.token || value.img_key || '';
  const element = h('span', { class: 'icon', title: token, 'aria-hidden': 'true' }, '◆');
  const shade = context.color(value.color || (value.style && value.style.color));
  if (shade) element.style.color = shade;
  return element;
}

function person(id, context, pictured, named) {
  const known = context.person(id);
  const name = known ? known.name : id;
  return [pictured ? avatar(name, id, known && known.bot) : null, named ? h('span', {}, name) : null];
}

function peopleOptions(v, context) {
  const ids = (v.options || []).map(option => option.value);
  return (ids.length ? ids.map(id => context.person(id) || { open_id: id, name: id }) : context.members())
    .map(each => ({ value: each.open_id, text: { content: each.name } }));
}

/** Does what a component's click does: opens its link, sends its callback. */
async function act(value, context, action, source) {
  if (value.confirm && !await ask(plain(value.confirm.title), plain(value.confirm.text))) return;
  const behaviors = Array.isArray(value.behaviors) ? value.behaviors : [];
  const address = behaviors.filter(each => each.type === 'open_url').map(each => each.pc_url || each.default_url)[0]
    || value.url || (value.multi_url && (value.multi_url.pc_url || value.multi_url.url));
  const callback = behaviors.find(each => each.type === 'callback');
  const has = callback || value.value !== undefined;
  if (address) openWeb(address);
  if (address && !callback && !(value.complex_interaction && has)) return;
  const held = callback ? callback.value : value.value;
  source.setAttribute('aria-busy', 'true');
  try {
    await context.click({ ...(held === undefined ? {} : { value: held }), ...(value.name ? { name: value.name } : {}), ...action });
  } finally {
    source.removeAttribute('aria-busy');
  }
}

function button(v, c) {
  const kind = ['primary', 'danger', 'text', 'primary_text', 'danger_text', 'primary_filled', 'danger_filled', 'laser'].includes(v.type) ? v.type : 'default';
  const small = ['tiny', 'small', 'medium', 'large'].includes(v.size) ? v.size : 'medium';
  const element = h('button', {
    type: 'button', class: `cb cb-${kind} cb-${small}`, disabled: v.disabled === true,
    title: v.disabled ? plain(v.disabled_tips) || null : plain(v.hover_tips) || null,
  }, v.icon ? icon(v.icon, c) : null, h('span', {}, text(v.text, c)));
  if (v.width === 'fill') element.style.width = '100%';
  else if (/^\d{3}px$/.test(v.width || '')) element.style.width = v.width;
  const role = v.form_action_type || { form_submit: 'submit', form_reset: 'reset' }[v.action_type]
    || (Array.isArray(v.behaviors) ? (v.behaviors.find(each => each.type === 'form_action') || {}).behavior : null);
  element.addEventListener('click', () => {
    if (c.form && role === 'reset') {
      c.form.resets.forEach(reset => reset());
    } else if (c.form && role === 'submit') {
      submit(v, c, element);
    } else {
      act(v, c, { tag: 'button' }, element);
    }
  });
  return element;
}

function submit(v, c, source) {
  const values = {};
  for (const [name, field] of c.form.fields) {
    const value = field.read();
    const blank = value === undefined || value === '' || Array.isArray(value) && !value.length;
    if (field.required && blank) {
      toast('warning', t('card.required', field.label || name));
      field.focus();
      return;
    }
    if (value !== undefined) values[name] = value;
  }
  act(v, c, { tag: 'button', form_value: values }, source);
}

/** Puts a control into its form, or has it call back by itself when it changes. */
function bind(v, c, control, read, write, action) {
  const label = plain(v.label) || plain(v.placeholder) || v.name || v.tag;
  if (!control.getAttribute('aria-label')) control.setAttribute('aria-label', label);
  control.disabled = v.disabled === true;
  if (v.width === 'fill') control.classList.add('fill');
  else if (/^\d{3}px$/.test(v.width || '')) control.style.width = v.width;
  if (c.form) {
    if (v.name) c.form.fields.set(v.name, { read, required: v.required === true, label, focus: () => control.focus() });
    c.form.resets.push(write);
  } else {
    control.addEventListener('change', () => act(v, c, { tag: v.tag, ...action() }, control));
  }
}

function labelled(v, control) {
  return plain(v.label)
    ? h('label', { class: v.label_position === 'left' ? 'labelled left' : 'labelled' }, h('span', {}, plain(v.label), v.required ? h('b', { class: 'must', 'aria-hidden': 'true' }, ' *') : null), control)
    : control;
}

function input(v, c) {
  const many = v.input_type === 'multiline_text';
  const control = h(many ? 'textarea' : 'input', {
    class: 'ci', placeholder: plain(v.placeholder), maxlength: Number.isInteger(v.max_length) ? v.max_length : 1000,
    type: many ? null : v.input_type === 'password' ? 'password' : 'text', rows: many ? (v.rows || 3) : null, autocomplete: 'off',
  });
  const begin = localized(v.i18n_default_value) ?? v.default_value ?? '';
  control.value = begin;
  bind(v, c, control, () => control.value, () => { control.value = begin; }, () => ({ input_value: control.value }));
  return labelled(v, control);
}

function select(v, c, options, many) {
  const chosen = many ? v.selected_values || [] : [v.initial_option ?? (v.initial_index > 0 && options[v.initial_index - 1] ? options[v.initial_index - 1].value : '')];
  const control = h('select', { class: 'ci', multiple: many, size: many ? Math.min(5, Math.max(2, options.length)) : null },
    many ? null : h('option', { value: '' }, plain(v.placeholder) || t('choose')),
    options.map(option => h('option', { value: option.value }, plain(option.text))));
  const write = () => {
    for (const option of control.options) option.selected = chosen.includes(option.value);
  };
  write();
  const read = () => many ? [...control.selectedOptions].map(option => option.value) : control.value || undefined;
  bind(v, c, control, read, write, () => many ? { options: read() } : { option: control.value });
  if (many) control.title = t('card.many');
  return labelled(v, control);
}

function zone() {
  const minutes = -new Date().getTimezoneOffset();
  const two = n => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
}

function picker(v, c, type, begin, shape) {
  const control = h('input', { class: 'ci', type, title: plain(v.placeholder) || null });
  control.value = begin || '';
  const read = () => control.value ? `${shape(control.value)} ${zone()}` : undefined;
  bind(v, c, control, read, () => { control.value = begin || ''; }, () => ({ option: read() }));
  return labelled(v, control);
}

function overflow(v, c) {
  const list = h('div', { class: 'menu-list', role: 'menu' });
  const element = h('details', { class: 'menu' }, h('summary', { 'aria-label': t('more') }, '⋯'), list);
  list.append(...(v.options || []).map(option => h('button', {
    type: 'button', role: 'menuitem',
    onclick: () => {
      element.open = false;
      const url = option.multi_url && (option.multi_url.pc_url || option.multi_url.url) || option.url;
      if (url) openWeb(url);
      else act({ ...v, url: undefined }, c, { tag: 'overflow', option: option.value }, element);
    },
  }, text(option.text, c))));
  return element;
}

function checker(v, c) {
  const control = h('input', { type: 'checkbox' });
  control.checked = v.checked === true;
  const element = h('label', { class: 'checker' }, control, styledText(v.text, c));
  const show = () => element.classList.toggle('done', control.checked && Boolean(v.checked_style && v.checked_style.show_strikethrough));
  show();
  control.disabled = v.disabled === true;
  control.addEventListener('change', () => {
    show();
    if (!c.form && Array.isArray(v.behaviors) && v.behaviors.length) act(v, c, { tag: 'checker', checked: control.checked }, control);
  });
  if (c.form && v.name) c.form.fields.set(v.name, { read: () => control.checked, focus: () => control.focus() });
  if (c.form) c.form.resets.push(() => { control.checked = v.checked === true; show(); });
  return element;
}

function table(v, c) {
  const columns = (v.columns || []).slice(0, 50);
  const rows = v.rows || [];
  const length = Math.min(10, Math.max(1, v.page_size || 5));
  let page = 0;
  const body = h('tbody', {});
  const foot = h('div', { class: 'table-foot' });
  const pages = Math.max(1, Math.ceil(rows.length / length));
  const show = () => {
    body.replaceChildren(...rows.slice(page * length, (page + 1) * length).map(row => h('tr', {}, columns.map(column => {
      const cell = h('td', {}, tableCell(row[column.name], column, c));
      if (['left', 'center', 'right'].includes(column.horizontal_align)) cell.style.textAlign = column.horizontal_align;
      else if (column.data_type === 'number') cell.style.textAlign = 'right';
      return cell;
    }))));
    foot.replaceChildren(...(pages > 1 ? [
      h('button', { type: 'button', class: 'cb cb-text cb-small', disabled: page === 0, 'aria-label': t('page.before'), onclick: () => { page--; show(); } }, '‹'),
      h('span', {}, `${page + 1} / ${pages}`),
      h('button', { type: 'button', class: 'cb cb-text cb-small', disabled: page === pages - 1, 'aria-label': t('page.after'), onclick: () => { page++; show(); } }, '›'),
    ] : []));
  };
  show();
  const style = v.header_style || {};
  return h('div', { class: 'card-table' }, h('div', { class: 'scroll' }, h('table', {},
    h('thead', { class: style.background_style === 'grey' ? 'grey' : '' }, h('tr', {}, columns.map(column => h('th', {}, column.display_name || column.name)))), body)), foot);
}

function tableCell(value, column, c) {
  if (value === undefined || value === null) return '';
  switch (column.data_type) {
    case 'number': {
      const format = column.format || {};
      const digits = Number.isInteger(format.precision) && format.precision >= 0 && format.precision <= 10 ? format.precision : null;
      const words = typeof value === 'number'
        ? value.toLocaleString(language, { useGrouping: format.separator === true, minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? 10 })
        : String(value);
      return (format.symbol || format.symbol_str || '') + words;
    }
    case 'date':
      return typeof value === 'number' ? date(value, column.date_format || 'YYYY/MM/DD') : String(value);
    case 'options':
      return (Array.isArray(value) ? value : [value]).map(each => typeof each === 'object' && each ? textTag(each.color, String(each.text ?? '')) : textTag('neutral', String(each)));
    case 'persons':
      return (Array.isArray(value) ? value : [value]).map(id => mention(String(id), c)).flatMap((each, i) => i ? [' ', each] : [each]);
    case 'lark_md':
    case 'markdown':
      return String(value).split('\n').flatMap((line, i) => i ? [h('br'), ...inline(line, c)] : inline(line, c));
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

function date(ms, format) {
  const at = new Date(ms);
  const two = n => String(n).padStart(2, '0');
  const parts = { YYYY: at.getFullYear(), MM: two(at.getMonth() + 1), DD: two(at.getDate()), HH: two(at.getHours()), mm: two(at.getMinutes()), ss: two(at.getSeconds()) };
  return format.replace(/YYYY|MM|DD|HH|mm|ss/g, part => parts[part]);
}
