// Chats: who writes, to whom, and what the bot answers.
import { api } from './api.js';
import { avatar, clockTime, empty, h, json, keep, link, replace, toast } from './dom.js';
import { renderCard } from './card.js';
import { markdown, mention, picture } from './markdown.js';
import { t } from './texts.js';

const PAGE = 50;

export function chatView(root, app) {
  let chats = [];
  let chat = null;
  let messages = [];
  let more = false;
  let replyTo = null;
  let opened = 0;

  const list = h('nav', { class: 'chat-list', 'aria-label': t('chats') });
  const title = h('div', { class: 'chat-title' });
  const log = h('div', { class: 'messages', role: 'log', 'aria-label': t('tab.chat'), tabindex: '0' });
  const earlier = h('button', { type: 'button', class: 'btn earlier', hidden: true, onclick: () => loadEarlier().catch(app.fail) }, t('chat.earlier'));
  const stream = h('div', { class: 'stream' });
  const quoting = h('div', { class: 'quoting', hidden: true });
  const words = h('textarea', { rows: '1', 'aria-describedby': 'chat-hint', enterkeyhint: 'send' });
  const at = h('button', { type: 'button', class: 'btn toggle', 'aria-pressed': 'false', onclick: () => toggle(at.getAttribute('aria-pressed') !== 'true') }, t('chat.mention'));
  const form = h('form', { class: 'composer' }, quoting,
    h('div', { class: 'composer-row' }, at, words, h('button', { class: 'btn primary' }, t('chat.send'))),
    h('p', { class: 'faint hint', id: 'chat-hint' }, t('chat.hint')));
  const pane = h('section', { class: 'chat-pane' }, title, log, form);
  log.append(earlier, stream);
  root.append(list, pane);

  const toggle = on => at.setAttribute('aria-pressed', String(on));
  const nameOf = entry => entry.chat_mode === 'p2p' ? app.bot.name : entry.name;
  const mine = entry => entry.chat_mode !== 'p2p' || entry.members.includes(app.acting.open_id);
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const toEnd = () => { log.scrollTop = log.scrollHeight; };

  words.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === 'Escape') reply(null);
  });
  words.addEventListener('input', grow);
  form.addEventListener('submit', event => {
    event.preventDefault();
    send().catch(app.fail);
  });

  function grow() {
    words.style.height = 'auto';
    words.style.height = `${Math.min(words.scrollHeight + 2, 140)}px`;
  }

  async function send() {
    const text = words.value.trim();
    if (!text || !chat) return;
    const group = chat.chat_mode !== 'p2p';
    words.value = '';
    grow();
    try {
      await api.write({
        chat_id: chat.chat_id, sender: app.acting.open_id, text,
        mention_bot: group && at.getAttribute('aria-pressed') === 'true',
        ...(replyTo ? { reply_to: replyTo.message_id } : {}),
      });
      reply(null);
      await load();
      toEnd();
    } catch (error) {
      words.value = text;
      throw error;
    }
  }

  function reply(message) {
    replyTo = message;
    quoting.hidden = !message;
    if (message) {
      replace(quoting, h('span', {}, t('chat.replying', who(message).name), preview(message)),
        h('button', { type: 'button', class: 'copy', 'aria-label': t('chat.reply.stop'), title: t('chat.reply.stop'), onclick: () => reply(null) }, '✕'));
      words.focus();
    }
  }

  const who = message => app.person(message.sender) || { name: message.sender_name || message.sender, open_id: message.sender, bot: Boolean(message.sender_name) };

  /** One line of a message. */
  function preview(message) {
    if (message.deleted) return t('chat.recalled');
    const content = message.content || {};
    const text = {
      text: () => named(content.text, message.mentions),
      interactive: () => `${t('chat.card')} ${content.header && content.header.title ? content.header.title.content || '' : ''}`,
      post: () => content.title || [].concat(...(flat(content).content || [])).map(part => part.text || '').join(' '),
    }[message.msg_type];
    const line = (text ? text() : `[${message.msg_type}]`).trim();
    return line.length > 80 ? `${line.slice(0, 80)}…` : line;
  }

  const flat = content => Array.isArray(content.content) ? content : Object.values(content)[0] || {};

  function named(text, mentions) {
    return (mentions || []).reduce((sum, each) => sum.replaceAll(each.key, `@${each.name}`), String(text ?? ''));
  }

  async function loadChats() {
    chats = (await api.chats()).items;
    showList();
  }

  function showList() {
    const shown = chats.filter(entry => mine(entry) || chat && entry.chat_id === chat.chat_id);
    const order = [...shown].sort((a, b) => (a.chat_mode === 'p2p' ? 0 : 1) - (b.chat_mode === 'p2p' ? 0 : 1));
    keep(list, order, entry => entry.chat_id,
      entry => JSON.stringify([entry, app.acting.open_id, chat && chat.chat_id === entry.chat_id]), entry => {
        const direct = entry.chat_mode === 'p2p';
        const last = entry.last;
        const line = last
          ? `${direct && last.sender_type === 'user' ? '' : `${(app.person(last.sender) || {}).name || ''}: `}${last.deleted ? t('chat.recalled') : last.msg_type === 'interactive' ? `${t('chat.card')} ${last.preview}` : last.preview || `[${last.msg_type}]`}`
          : t('chat.none.yet');
        return h('a', {
          class: 'chat-entry', href: `#/chat/${entry.chat_id}`,
          'aria-current': chat && chat.chat_id === entry.chat_id ? 'true' : null,
        },
        avatar(nameOf(entry), entry.chat_id, direct),
        h('span', { class: 'chat-entry-main' },
          h('span', { class: 'chat-entry-top' }, h('b', {}, nameOf(entry)), last ? clockTime(last.created_ms) : null),
          h('span', { class: 'chat-entry-line' }, line)));
      });
  }

  function showTitle() {
    const group = chat.chat_mode !== 'p2p';
    replace(title, h('h1', {}, nameOf(chat)),
      h('span', { class: 'faint' }, group
        ? `${t('chat.members', chat.members.length)} · ${chat.bot ? t('chat.with.bot') : t('chat.without.bot')}${chat.members.includes(app.acting.open_id) ? '' : ` · ${t('chat.outside')}`}`
        : t('chat.direct')),
      group ? h('span', { class: 'push-right' }, h('button', {
        type: 'button', class: 'btn small',
        onclick: () => api.bot(chat.chat_id, app.acting.open_id, !chat.bot).then(refresh).catch(app.fail),
      }, chat.bot ? t('chat.bot.remove') : t('chat.bot.add'))) : null);
    at.hidden = !group;
    words.placeholder = t('chat.write', nameOf(chat));
    words.setAttribute('aria-label', words.placeholder);
  }

  async function load() {
    if (!chat) return;
    const id = chat.chat_id;
    const found = (await api.messages(id, undefined, PAGE)).items.reverse();
    if (!chat || chat.chat_id !== id) return;
    const first = found.length ? found[0].seq : 0;
    const older = messages.filter(message => message.seq < first);
    if (!older.length) more = found.length === PAGE;
    messages = [...older, ...found];
    showMessages();
  }

  async function loadEarlier() {
    const id = chat.chat_id;
    const found = (await api.messages(id, messages[0].seq, PAGE)).items.reverse();
    if (!chat || chat.chat_id !== id) return;
    more = found.length === PAGE;
    messages = [...found, ...messages];
    const below = log.scrollHeight - log.scrollTop;
    showMessages();
    log.scrollTop = log.scrollHeight - below;
  }

  function showMessages() {
    const end = atEnd();
    earlier.hidden = !more;
    if (!messages.length) {
      replace(stream, empty(t('chat.empty'), t(chat.chat_mode === 'p2p' ? 'chat.empty.direct' : 'chat.empty.group'),
        h('span', { class: 'row center' }, ['/help', '/order SO-1001'].map(text => h('button', {
          type: 'button', class: 'btn small', onclick: () => { words.value = text; words.focus(); toggle(true); },
        }, text)))));
      return;
    }
    const byId = new Map(messages.map(message => [message.message_id, message]));
    keep(stream, messages.map((message, i) => ({ message, before: messages[i - 1] })), each => each.message.message_id,
      ({ message, before }) => [message.update_time, message.deleted, message.msg_type, JSON.stringify(message.content).length,
        together(message, before), message.sender === app.acting.open_id, message.parent_id && byId.has(message.parent_id),
        message.msg_type === 'interactive' ? app.acting.open_id : ''].join(),
      ({ message, before }) => bubble(message, before, byId));
    if (end) toEnd();
  }

  const together = (message, before) => Boolean(before && before.sender === message.sender && message.create_time - before.create_time < 120000 && !message.parent_id
    && message.msg_type !== 'interactive' && !before.updated);

  function bubble(message, before, byId) {
    const sender = who(message);
    const own = message.sender === app.acting.open_id;
    const joined = together(message, before);
    return h('article', { class: `message${own ? ' own' : ''}${joined ? ' joined' : ''}`, id: message.message_id, 'aria-label': sender.name },
      joined ? h('span', { class: 'avatar-space' }) : avatar(sender.name, sender.open_id, sender.bot),
      h('div', { class: 'message-main' },
        joined ? null : h('div', { class: 'message-head' }, h('b', {}, sender.name), sender.bot ? h('span', { class: 'tag c-blue' }, 'Bot') : null, clockTime(message.create_time)),
        h('div', { class: message.msg_type === 'interactive' && !message.deleted ? 'bubble plain' : 'bubble' },
          message.parent_id ? quote(message.parent_id, byId) : null, content(message)),
        h('div', { class: 'message-foot' },
          message.updated && !message.deleted ? h('span', { class: 'faint' }, t('chat.edited')) : null,
          message.deleted ? null : h('button', { type: 'button', class: 'reply', onclick: () => reply(message) }, t('chat.reply')))));
  }

  function quote(id, byId) {
    const parent = byId.get(id);
    if (!parent) return h('div', { class: 'quote' }, t('chat.replying', t('chat.earlier.message')));
    return h('button', {
      type: 'button', class: 'quote', onclick: () => {
        const element = document.getElementById(id);
        if (!element) return;
        element.scrollIntoView({ block: 'center' });
        element.classList.remove('flash');
        requestAnimationFrame(() => element.classList.add('flash'));
      },
    }, t('chat.replying', who(parent).name), preview(parent));
  }

  function around(message) {
    return {
      person: id => app.person(id),
      members: () => chat.members.map(id => app.person(id)).filter(Boolean),
      click: async click => {
        try {
          const answer = await api.click(message.message_id, { operator: app.acting.open_id, ...click });
          if (answer.code) toast('error', t('click.failed', answer.code));
          else if (answer.toast) {
            const words = answer.toast.i18n && (answer.toast.i18n[document.documentElement.lang.startsWith('zh') ? 'zh_cn' : 'en_us']);
            toast(['success', 'error', 'warning'].includes(answer.toast.type) ? answer.toast.type : 'info', words || answer.toast.content || '');
          }
          await load();
        } catch (error) {
          app.fail(error);
        }
      },
    };
  }

  function content(message) {
    if (message.deleted) return h('em', { class: 'faint' }, t('chat.recalled'));
    const value = message.content || {};
    const context = { person: id => app.person(id), color: () => null };
    switch (message.msg_type) {
      case 'text':
        return h('div', { class: 'text-message' }, textParts(value.text, message.mentions));
      case 'interactive':
        return renderCard(value, around(message));
      case 'post':
        return post(flat(value), message.mentions, context);
      case 'image':
        return picture('', value.image_key);
      case 'system':
        return h('em', {}, String(value.template || value.params?.divider_text?.text || ''));
      default:
        return h('details', { class: 'unknown' }, h('summary', {}, t('chat.unknown', message.msg_type)), json(value, 1));
    }
  }

  /** Text with its mentions, addresses and at-tags. */
  function textParts(text, mentions) {
    const keys = new Map((mentions || []).map(each => [each.key, each]));
    return String(text ?? '').split(/(@_user_\d+|@_all|<at user_id="[^"]*">[^<]*<\/at>|https?:\/\/[^\s<>"'，。；）]+)/).filter(Boolean).map(part => {
      if (keys.has(part)) return mention(keys.get(part).id, { person: id => app.person(id) || { name: keys.get(part).name } });
      if (part === '@_all') return h('span', { class: 'at' }, `@${t('everybody')}`);
      const tag = /^<at user_id="([^"]*)">/.exec(part);
      if (tag) return mention(tag[1], { person: id => app.person(id) });
      return /^https?:\/\//.test(part) ? link(part, part) : part;
    });
  }

  function post(value, mentions, context) {
    const part = each => {
      switch (each.tag) {
        case 'text': return textParts(each.text, mentions);
        case 'a': return link(each.href, each.text || each.href);
        case 'at': {
          const known = (mentions || []).find(m => m.key === each.user_id);
          return mention(known ? known.id : each.user_id, { person: id => app.person(id) || (each.user_name ? { name: each.user_name } : undefined) });
        }
        case 'img': case 'media': return picture('', each.image_key || each.file_key);
        case 'md': return markdown(each.text, context);
        case 'code_block': return h('pre', { class: 'code' }, h('code', {}, each.text || ''));
        case 'hr': return h('hr');
        case 'emotion': return `[${each.emoji_type || ''}]`;
        default: return h('details', { class: 'unknown' }, h('summary', {}, t('card.unknown', each.tag || '?')), json(each, 1));
      }
    };
    return h('div', { class: 'text-message' }, value.title ? h('b', {}, value.title) : null,
      (value.content || []).map(line => h('div', {}, [].concat(line).map(part))));
  }

  async function refresh() {
    await loadChats();
    if (chat) {
      chat = chats.find(entry => entry.chat_id === chat.chat_id) || chat;
      showTitle();
      await load();
    }
  }

  async function openChat(id) {
    const turn = ++opened;
    if (!chats.length) await loadChats();
    if (turn !== opened) return;
    const found = id ? chats.find(entry => entry.chat_id === id) : chats.find(entry => entry.chat_mode === 'p2p' && mine(entry));
    if (!found) {
      chat = null;
      pane.classList.add('nothing');
      replace(stream, empty(t('not.found'), t('not.found.try')));
      replace(title, h('h1', {}, t('chat.choose')));
      earlier.hidden = true;
      form.hidden = true;
      showList();
      return;
    }
    form.hidden = false;
    if (found.chat_mode === 'p2p' && !mine(found)) app.act(found.members[0]);
    if (!chat || chat.chat_id !== found.chat_id) {
      messages = [];
      more = false;
      reply(null);
      toggle(found.chat_mode !== 'p2p');
      replace(stream);
    }
    chat = found;
    showList();
    showTitle();
    await load();
    if (turn === opened) {
      toEnd();
      if (matchMedia('(pointer: fine)').matches) words.focus({ preventScroll: true });
    }
  }

  return {
    areas: ['chat'],
    open: at => openChat(at.parts[0]),
    changed: refresh,
    acted() {
      if (chat && chat.chat_mode === 'p2p') {
        const own = chats.find(entry => entry.chat_mode === 'p2p' && mine(entry));
        if (own) {
          app.go(`#/chat/${own.chat_id}`);
          return null;
        }
      }
      return refresh();
    },
  };
}
