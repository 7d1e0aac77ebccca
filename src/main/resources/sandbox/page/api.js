// The control calls. A refusal becomes an Error with the sandbox's own sentence.

async function call(method, path, body, signal) {
  const answer = await fetch(path, {
    method,
    signal,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    throw new Error(`HTTP ${answer.status}`);
  }
  if (!answer.ok) {
    const error = new Error(value && value.msg ? `${value.msg} (${value.code})` : `HTTP ${answer.status}`);
    error.status = answer.status;
    throw error;
  }
  return value;
}

const part = encodeURIComponent;

function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return kept.length ? '?' + new URLSearchParams(kept) : '';
}

export const api = {
  info: () => call('GET', '/sandbox/info'),
  people: () => call('GET', '/sandbox/ui/people'),
  chats: () => call('GET', '/sandbox/ui/chats'),
  changes: (since, signal) => call('GET', '/sandbox/ui/changes' + query({ since }), undefined, signal),

  messages: (chat, before, size) => call('GET', '/sandbox/messages' + query({ chat_id: chat, before, size })),
  write: message => call('POST', '/sandbox/messages', message),
  bot: (chat, operator, added) => call('POST', `/sandbox/chats/${part(chat)}/bot`, { operator, added }),
  click: (message, click) => call('POST', `/sandbox/cards/${part(message)}/click`, click),

  bases: () => call('GET', '/sandbox/bases'),
  table: (base, table, page, size, q) =>
    call('GET', `/sandbox/bases/${part(base)}/tables/${part(table)}` + query({ page, size, q })),
  addRow: (base, table, operator, fields) =>
    call('POST', `/sandbox/bases/${part(base)}/tables/${part(table)}/records`, { operator, fields }),
  editRow: (base, table, record, operator, fields) =>
    call('PUT', `/sandbox/bases/${part(base)}/tables/${part(table)}/records/${part(record)}`, { operator, fields }),
  deleteRow: (base, table, record, operator) =>
    call('DELETE', `/sandbox/bases/${part(base)}/tables/${part(table)}/records/${part(record)}` + query({ operator })),

  instances: (status, page, size) => call('GET', '/sandbox/ui/instances' + query({ status, page, size })),
  instance: code => call('GET', `/sandbox/ui/instances/${part(code)}`),
  decide: (code, what, body) => call('POST', `/sandbox/instances/${part(code)}/${what}`, body),

  calls: filter => call('GET', '/sandbox/calls' + query(filter)),
  pushes: filter => call('GET', '/sandbox/pushes' + query(filter)),
  redeliver: id => call('POST', `/sandbox/pushes/${part(id)}/redeliver`, {}),
  pushSettings: () => call('GET', '/sandbox/push-settings'),
  changePushSettings: settings => call('POST', '/sandbox/push-settings', settings),
  faults: () => call('GET', '/sandbox/faults'),
  addFault: fault => call('POST', '/sandbox/faults', fault),
  clearFaults: () => call('DELETE', '/sandbox/faults'),
};
