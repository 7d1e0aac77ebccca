// What plain HTML does not do: copy an id, and close a question with Escape. Reading works without it.
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
