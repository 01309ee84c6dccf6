/** One upload on the page. Everything is set as text, never as HTML, because file names can contain anything. */
import { size } from './failure.js';

/** The width of a card, for `sizes`: see the columns of .cards in style.css. */
const SIZES = '(max-width: 36rem) 92vw, (max-width: 60rem) 45vw, 22rem';

export class Card {
  /**
   * @param {File} file
   * @param {{ say: (text: string) => void, onRetry: () => void }} page
   */
  constructor(file, { say, onRetry }) {
    this.file = file;
    this.say = say;
    const template = document.querySelector('#card').content;
    this.element = template.firstElementChild.cloneNode(true);
    this.find('.name').textContent = file.name;
    this.find('.size').textContent = size(file.size);
    this.find('progress').ariaLabel = `Upload of ${file.name}`;
    this.find('button').ariaLabel = `Try again: ${file.name}`;
    this.find('button').onclick = onRetry;
  }

  waiting() {
    this.enter('waiting', 'Waiting …');
    this.find('progress').value = 0;
  }

  /** @param {number} part 0 to 1 */
  uploading(part) {
    this.enter('uploading', `Uploading: ${Math.round(part * 100)} %`);
    this.find('progress').value = part;
  }

  processing() {
    this.enter('processing', 'Uploaded. Making thumbnails …');
    this.find('progress').removeAttribute('value');
  }

  done(answer) {
    const { image, thumbnails, placeholders } = answer;
    this.enter('done', `Ready: ${image.width} × ${image.height} pixels`);
    const shown = picture(this.file.name, answer);
    this.find('.picture').replaceChildren(shown);
    if (placeholders) this.standIn(placeholders, shown.querySelector('img'));
    this.find('.links').replaceChildren(...thumbnails.map(link));
    this.find('details').hidden = false;
    this.say(`${this.file.name} is ready.`);
  }

  /** Shows colour and blurred picture until the thumbnail is there, and no longer: it may be transparent. */
  standIn({ color, blurDataURL }, img) {
    const { style } = this.find('.picture');
    style.backgroundColor = color;
    style.backgroundImage = `url("${blurDataURL}")`;
    const end = () => {
      style.backgroundColor = style.backgroundImage = '';
    };
    img.addEventListener('load', end, { once: true });
    img.addEventListener('error', end, { once: true });
  }

  failed({ name, message, passes = false }) {
    this.enter('failed', `${message} (${name})`);
    this.element.dataset.error = name;
    this.find('button').hidden = !passes;
    this.say(`${this.file.name} failed: ${message}`);
  }

  enter(state, text) {
    this.element.dataset.state = state;
    delete this.element.dataset.error;
    this.find('.state').textContent = text;
    this.find('button').hidden = true;
    this.find('progress').hidden = state === 'done' || state === 'failed';
  }

  find(selector) {
    return this.element.querySelector(selector);
  }
}

/** If there are several formats, uses `<picture>`: the browser takes the first one that it supports. */
function picture(name, { thumbnails, srcset, sources = [] }) {
  const [src] = srcset.split(', ').at(-1).split(' ');
  // Reserves the space before the image is loaded; style.css scales it.
  const { width, height } = thumbnails.find(({ url }) => url === src);
  const img = Object.assign(document.createElement('img'), {
    alt: name,
    width,
    height,
    sizes: SIZES,
    srcset,
    src,
  });
  const others = sources.map((source) =>
    Object.assign(document.createElement('source'), { ...source, sizes: SIZES }),
  );
  const element = document.createElement('picture');
  element.append(...others, img);
  return element;
}

function link({ variant, url, width, height, format, bytes }) {
  const item = document.createElement('li');
  const a = document.createElement('a');
  Object.assign(a, { href: url, target: '_blank', rel: 'noopener' });
  a.textContent = `${variant}: ${width} × ${height} ${format}`;
  item.append(a, bytes ? `, ${size(bytes)}` : ', made when it is first opened');
  return item;
}
