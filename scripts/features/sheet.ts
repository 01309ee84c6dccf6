/** The page that docs/features.webp is a screenshot of. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/** The part of a message that the page shows. */
export interface Message {
  status: 'DONE' | 'FAILED';
  source: { key: string; format?: string; width?: number; height?: number; bytes?: number; frames?: number };
  thumbnails?: {
    variant: string;
    key: string;
    format: string;
    width: number;
    height: number;
    bytes: number;
    animated?: boolean;
  }[];
  placeholders?: { thumbhash: string; blurDataURL: string; color: string };
  exif?: Record<string, unknown>;
}

export interface Shown {
  /** Folder of the thumbnails. */
  out: string;
  messages: Message[];
  /** Subjects of the mails. */
  subjects: string[];
}

const TITLES: Record<string, string> = {
  phone: 'HEIC of an iPhone: Display P3, 48 tiles, turned, 12 megapixels',
  moving: 'Animation: frames 2, 12, 22 and 32 of 40, and a still',
  portraits: 'Focus: what cover keeps of a face off-centre',
  cards: 'Cards: contain, transparent and on a colour',
};

export async function sheet({ out, messages, subjects }: Shown): Promise<string> {
  const done = messages.filter(({ status }) => status === 'DONE');
  const sections = await Promise.all(
    Object.entries(TITLES).map(async ([folder, title]) => {
      const own = done.filter(({ source }) => source.key.includes(`${folder}/`));
      return `<section class="${folder}"><h2>${title}</h2>${(await Promise.all(own.map((each) => row(out, each)))).join('')}</section>`;
    }),
  );
  const mails = subjects.map((subject) => `<li>${escaped(subject)}</li>`).join('');
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main>${sections.join('')}<section><h2>Subjects of the mails</h2><ul>${mails}</ul></section></main>`;
}

async function row(out: string, { source, thumbnails = [], placeholders, exif }: Message): Promise<string> {
  const name = path.basename(source.key);
  const pictures = await Promise.all(thumbnails.map((each) => figure(out, each)));
  const details = [
    ...Object.entries(exif ?? {}).map(([field, value]) => `${field}: ${value}`),
    ...(placeholders ? [`thumbhash: ${placeholders.thumbhash}`, `color: ${placeholders.color}`] : []),
  ];
  const waiting = placeholders
    ? `<figure><div class="blur" style="background:${placeholders.color}"></div><figcaption>color</figcaption></figure>
       <figure><img class="blur" src="${placeholders.blurDataURL}"><figcaption>blurDataURL</figcaption></figure>`
    : '';
  return `<article><h3>${escaped(name)}</h3><div class="row">${waiting}${pictures.join('')}</div>${details.length > 0 ? `<p>${details.map(escaped).join('<br>')}</p>` : ''}</article>`;
}

async function figure(out: string, thumbnail: NonNullable<Message['thumbnails']>[number]): Promise<string> {
  const { key, variant, format, width, height, bytes, animated } = thumbnail;
  const file = await readFile(path.join(out, key));
  const pictures = animated
    ? await framesOf(file)
    : [`data:image/${format};base64,${file.toString('base64')}`];
  const size = `${width}×${height} ${format}, ${bytes.toLocaleString('en-US')} bytes`;
  return `<figure>${pictures.map((src) => `<img src="${src}">`).join('')}<figcaption><b>${escaped(variant)}</b> ${size}</figcaption></figure>`;
}

/** Some frames of an animation, each as a picture. */
async function framesOf(file: Buffer): Promise<string[]> {
  const frames = [1, 11, 21, 31];
  return Promise.all(
    frames.map(
      async (page) =>
        `data:image/png;base64,${(await sharp(file, { page }).png().toBuffer()).toString('base64')}`,
    ),
  );
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
  body { margin: 16px; width: 900px; font: 13px/1.35 sans-serif; color: #222; background: #fff }
  section { margin-bottom: 18px } h2 { margin: 0 0 6px; font-size: 15px } h3 { margin: 0 0 4px; font: inherit; color: #555 }
  .row { display: flex; flex-wrap: wrap; gap: 10px; align-items: start } figure { margin: 0 }
  .cards { display: grid; grid-template-columns: 1fr 1fr 1fr 1fr; gap: 10px 16px } .cards h2 { grid-column: 1 / 5 }
  img { max-width: 240px; max-height: 240px; margin-right: 4px; background: repeating-conic-gradient(#ddd 0 25%, #fff 0 50%) 0 0 / 16px 16px }
  .blur { display: block; width: 120px; height: 160px; object-fit: fill } .portraits .blur { width: 160px; height: 120px }
  figcaption { max-width: 300px; font-size: 11px; color: #555 } p { margin: 6px 0; font: 11px/1.5 monospace; color: #333 }
  ul { margin: 0; padding-left: 18px; font-family: monospace }
`;
