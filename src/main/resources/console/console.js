// What plain HTML does not do: copy an id, go to a line of the editor, fill it from a file, and close a question with Escape. Reading works without it.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.getAttribute('aria-label');
  button.setAttribute('aria-label', button.dataset.copied);
  button.classList.add('done');
  setTimeout(() => {
    button.setAttribute('aria-label', label);
    button.classList.remove('done');
  }, 1500);
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-line]');
  if (!link) return;
  const editor = document.getElementById('source');
  const lines = editor.value.split('\n');
  const before = lines.slice(0, link.dataset.line - 1);
  const begin = before.join('\n').length + (before.length > 0 ? 1 : 0);
  editor.focus();
  editor.setSelectionRange(begin, begin + (lines[before.length] ?? '').length);
  editor.scrollTop = Math.max(0, before.length - 5) * editor.scrollHeight / lines.length;
});

document.addEventListener('change', async (event) => {
  if (event.target.id !== 'upload' || event.target.files.length === 0) return;
  document.getElementById('source').value = await event.target.files[0].text();
  document.getElementById('check').click();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const ask of document.querySelectorAll('details.ask[open]')) {
    ask.open = false;
    ask.querySelector('summary').focus();
  }
});

// one question at a time
document.addEventListener('toggle', (event) => {
  if (!event.target.matches?.('details.ask') || !event.target.open) return;
  for (const ask of document.querySelectorAll('details.ask[open]')) {
    if (ask !== event.target) ask.open = false;
  }
}, true);
