/** Pick or drop pictures, upload them straight to S3, and show their thumbnails as soon as they are there. */
import { createUpload, outcome } from './api.js';
import { Card } from './card.js';
import { Failure } from './failure.js';
import { sendForm } from './form.js';
import { session } from './session.js';

/** A form lasts for minutes: it is asked for when its upload begins, and only so many run at a time. */
const AT_ONCE = 3;

const find = (selector) => document.querySelector(selector);
const input = find('#files');
const drop = find('#drop');

/** Cards whose upload has not begun. */
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
  // What was uploaded already is not uploaded again: only the asking is taken up.
  card.status ??= await upload(card);
  running--;
  next();
  if (card.status) await follow(card);
}

/** @returns where to ask what became of it; nothing where it failed */
async function upload(card) {
  try {
    card.uploading(0);
    const { upload: form, status } = await createUpload(card.file);
    await sendForm(form, card.file, (part) => card.uploading(part));
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
  // What is no failure of an upload is a defect of this page, and belongs in the console too.
  if (!(failure instanceof Failure)) throw failure;
}

/** Tells those who cannot see it. */
function say(text) {
  find('#said').textContent = text;
}

input.addEventListener('change', () => {
  add(input.files);
  // The same file may be chosen again.
  input.value = '';
});

// Anywhere on the page: a file that is dropped beside the field would otherwise replace the page.
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
