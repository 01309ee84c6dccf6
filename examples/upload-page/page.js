/** Choose or drop pictures, upload them directly to S3, and show their thumbnails as soon as they are ready. */
import { createUpload, outcome } from './api.js';
import { Card } from './card.js';
import { Failure } from './failure.js';
import { send } from './send.js';
import { session } from './session.js';

/** What the API signs expires after a few minutes, so it is requested when the upload starts, and only a few uploads run at once. */
const AT_ONCE = 3;

const find = (selector) => document.querySelector(selector);
const input = find('#files');
const drop = find('#drop');

/** Cards whose upload hasn't started. */
const queue = [];
let running = 0;

function add(files) {
  for (const file of files) {
    const card = new Card(file, { say, onRetry: () => enqueue(card) });
    find('#uploads').prepend(card.element);
    enqueue(card);
  }
  find('#none').hidden = find('#uploads').children.length > 0;
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
    return status;
  } catch (failure) {
    fail(card, failure);
  }
}

async function follow(card) {
  try {
    card.processing();
    const image = await outcome(card.status);
    if (image.status === 'DONE') card.done(image);
    else card.failed(image.error);
  } catch (failure) {
    fail(card, failure);
  }
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
  drop.classList.add('over');
});
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  add(event.dataTransfer.files);
});

session().catch(({ message }) => {
  find('#trouble').textContent = message;
  find('#trouble').hidden = false;
});
