/** Choose or drop pictures, upload them directly to S3, and show their thumbnails as soon as they are ready. */
import { createUpload, outcome, signIn } from './api.js';
import { Card } from './card.js';
import { Failure } from './failure.js';
import { forget, keep, kept } from './kept.js';
import { send } from './send.js';

/** What the API signs expires after a few minutes, so it is requested when the upload starts, and only a few uploads run at once. */
const AT_ONCE = 3;

const find = (selector) => document.querySelector(selector);
const input = find('#files');

/** Cards whose upload hasn't started. */
const queue = [];
let running = 0;
const cards = new Set();

function add(files) {
  for (const file of files) enqueue(addCard({ name: file.name, file }));
}

/** @param {{ name: string, file?: File, status?: string }} upload */
function addCard(upload) {
  const card = new Card(upload, {
    say,
    onChange: showProgress,
    onRetry: () => enqueue(card),
    onRemove: () => {
      remove(card);
      // The button that had the focus is gone.
      input.focus();
    },
  });
  card.element.querySelector('.other').onclick = () => input.click();
  cards.add(card);
  find('#uploads').prepend(card.element);
  return card;
}

function remove(card) {
  if (card.status) forget(card.status);
  cards.delete(card);
  card.endPreview();
  card.element.remove();
  showProgress();
}

/** Of all uploads together, in view wherever the page is scrolled. */
function showProgress() {
  const all = [...cards];
  const states = all.map(({ element }) => element.dataset.state);
  const count = (state) => states.filter((each) => each === state).length;
  const [done, failed] = [count('done'), count('failed')];
  find('#none').hidden = all.length > 0;
  find('#overall').hidden = all.length === 0;
  find('#overall-text').textContent =
    `${done} of ${all.length} ready${failed > 0 ? `, ${failed} failed` : ''}`;
  const bar = find('#overall progress');
  bar.value = all.reduce((sum, { part }) => sum + part, 0) / (all.length || 1);
  bar.hidden = done + failed === all.length;
}

function enqueue(card) {
  card.waiting();
  queue.push(card);
  next();
}

async function next() {
  if (running >= AT_ONCE || queue.length === 0) return;
  running++;
  const card = queue.shift();
  // A finished upload isn't repeated; only polling continues.
  card.status ??= await upload(card);
  running--;
  next();
  if (card.status) await follow(card);
}

/** @returns the path to ask for its status; nothing if the upload failed */
async function upload(card) {
  try {
    card.uploading(0);
    const { upload: signed, status } = await createUpload(card.file);
    await send(signed, card.file, (part) => card.uploading(part));
    keep(card.name, status);
    return status;
  } catch (failure) {
    fail(card, failure);
  }
}

async function follow(card) {
  try {
    card.processing();
    const image = await outcome(card.status, (failure) => card.asked(failure));
    if (image.status !== 'DONE') return card.failed(image.error);
    card.done(image);
    renew(card, image);
  } catch (failure) {
    // It is long gone, or was somebody else's who is no longer signed in.
    if (!card.file && failure.status === 404) remove(card);
    else fail(card, failure);
  }
}

/** Milliseconds: how long before its URLs expire a card gets new ones, and the shortest wait, if this clock is wrong. */
const RENEW = { before: 10_000, least: 15_000 };

/** If URLs are signed, gets new ones before they expire: links would end in an error, and so would a wider window's larger picture. */
function renew(card, { thumbnails }) {
  const expires = Number(new URL(thumbnails[0].url).searchParams.get('Expires')) * 1_000;
  if (!expires) return;
  const wait = Math.max(expires - Date.now() - RENEW.before, RENEW.least);
  setTimeout(async () => {
    if (!card.element.isConnected) return;
    // What was deleted or replaced since then stays as it is: it was shown already.
    const image = await outcome(card.status, () => {}).catch(() => ({}));
    if (image.status !== 'DONE') return;
    card.show(image);
    renew(card, image);
  }, wait);
}

function fail(card, failure) {
  card.failed(failure);
  // Any other error is a bug in this page, so it belongs in the console too.
  if (!(failure instanceof Failure)) throw failure;
}

/** Announces it to people who can't see it. */
function say(text) {
  find('#said').textContent = text;
}

input.addEventListener('change', () => {
  add(input.files);
  // So that the same file can be chosen again.
  input.value = '';
});

// Anywhere on the page, because otherwise a file that is dropped outside the field would replace the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
addEventListener('dragleave', ({ relatedTarget }) => {
  // It also leaves each element that it crosses, for another one.
  if (relatedTarget === null) document.body.classList.remove('over');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  add(event.dataTransfer.files);
});

for (const upload of kept().reverse()) follow(addCard(upload));

signIn().catch(({ message }) => {
  find('#trouble').textContent = message;
  find('#trouble').hidden = false;
});
