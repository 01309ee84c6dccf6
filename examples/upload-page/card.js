/** One upload on the page. Everything is set as text, never as HTML, because file names can contain anything. */
import { nameOfFormat, size } from './failure.js';
import { preview } from './preview.js';

/** The width of a card, for `sizes`: see the columns of .cards in style.css. */
const SIZES = '(max-width: 36rem) 92vw, (max-width: 60rem) 45vw, 22rem';

export class Card {
  /**
   * @param {{ name: string, file?: File, status?: string }} upload without a file and with the path of its status after a reload
   * @param {{ say: (text: string) => void, onChange: () => void, onRetry: () => void, onRemove: () => void }} page
   */
  constructor({ name, file, status }, { say, onChange, onRetry, onRemove }) {
    Object.assign(this, { name, file, status, say, onChange });
    const template = document.querySelector('#card').content;
    this.element = template.firstElementChild.cloneNode(true);
    this.find('.name').textContent = name;
    this.find('.size').textContent = file ? size(file.size) : '';
    this.find('progress').ariaLabel = `Upload of ${name}`;
    this.find('.again').ariaLabel = `Try again: ${name}`;
    this.find('.again').onclick = onRetry;
    this.find('.remove').ariaLabel = `Remove ${name} from this list`;
    this.find('.remove').onclick = onRemove;
    this.endPreview = file && file.size > 0 ? preview(file, this.find('.picture')) : () => {};
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

  /** @param {Failure} [failure] a temporary one: the page asks again */
  asked(failure) {
    this.find('.state').textContent = failure
      ? `${failure.message} This page asks again by itself.`
      : 'Uploaded. Making thumbnails …';
  }

  done(answer) {
    const { thumbnails, placeholders } = answer;
    this.enter('done', `Ready: ${thumbnails.map(sides).join(', ')}`);
    // It is the original's.
    this.find('.size').textContent = '';
    const img = this.show(answer);
    if (placeholders) this.standIn(placeholders, img);
    for (const event of ['load', 'error']) img.addEventListener(event, this.endPreview, { once: true });
    this.find('details').hidden = false;
    this.say(`${this.name} is ready.`);
  }

  /** The picture and the links of an answer, in place of those of an earlier one. */
  show(answer) {
    const shown = picture(this.name, answer);
    this.find('.picture picture')?.remove();
    this.find('.picture').prepend(shown);
    this.find('.links').replaceChildren(...answer.thumbnails.map((thumbnail) => link(thumbnail, this.say)));
    return shown.querySelector('img');
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
    this.enter('failed', message);
    this.element.dataset.error = name;
    this.find('.again').hidden = !passes;
    this.find('.other').hidden = passes;
    this.say(`${this.name} failed: ${message}`);
  }

  enter(state, text) {
    this.element.dataset.state = state;
    delete this.element.dataset.error;
    this.find('.state').textContent = text;
    this.find('.again').hidden = this.find('.other').hidden = true;
    const ended = state === 'done' || state === 'failed';
    this.find('progress').hidden = ended;
    this.find('.remove').hidden = !ended;
    this.onChange();
  }

  /** How much of it is done, from 0 to 1: sending the file is most of the work. */
  get part() {
    const { state } = this.element.dataset;
    if (state === 'uploading') return 0.8 * this.find('progress').value;
    return { waiting: 0, processing: 0.8 }[state] ?? 1;
  }

  find(selector) {
    return this.element.querySelector(selector);
  }
}

/** Never on two lines. */
const sides = ({ width, height }) => `${width}\u00a0×\u00a0${height}`;

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

function link({ variant, url, format, bytes, ...thumbnail }, say) {
  const item = document.createElement('li');
  const a = document.createElement('a');
  Object.assign(a, { href: url, target: '_blank', rel: 'noopener' });
  a.textContent = `${variant}: ${sides(thumbnail)} ${nameOfFormat(format)}`;
  const copy = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Copy link' });
  copy.ariaLabel = `Copy link of ${variant}`;
  copy.onclick = async () => {
    const copied = await navigator.clipboard.writeText(url).then(
      () => true,
      () => false,
    );
    copy.textContent = copied ? 'Copied' : 'Not allowed to copy';
    say(copied ? 'The link is copied.' : 'The browser does not let this page copy.');
  };
  item.append(a, bytes ? `, ${size(bytes)} ` : ', made when it is first opened ', copy);
  return item;
}
