import sharp from '../fixtures/sharp';

export type Content = 'red jpeg' | 'blue jpeg' | 'red png' | 'broken png' | 'text';
export const PICTURES: Content[] = ['red jpeg', 'blue jpeg', 'red png'];
export const CONTENTS: Content[] = [...PICTURES, 'broken png', 'text'];

/** Why no thumbnails can be made of some content. */
export const REFUSED: Partial<Record<Content, string>> = {
  text: 'UnsupportedFormat',
  'broken png': 'CorruptImage',
};

/** Pictures of 8 × 6 pixels, and files that only look like one. The broken one passes Validate and fails in Thumbnail. */
export async function makeContents(): Promise<Record<Content, Buffer>> {
  const picture = (r: number, b: number) =>
    sharp({ create: { width: 8, height: 6, channels: 3, background: { r, g: 0, b } } });
  const png = await picture(200, 0).png().toBuffer();
  return {
    'red jpeg': await picture(200, 0).jpeg().toBuffer(),
    'blue jpeg': await picture(0, 200).jpeg().toBuffer(),
    'red png': png,
    'broken png': withoutPixels(png),
    text: Buffer.from('not an image\n'),
  };
}

/** The file's structure is intact, but the data that should inflate to pixels is damaged. */
function withoutPixels(png: Buffer): Buffer {
  const broken = Buffer.from(png);
  const data = broken.indexOf('IDAT') + 4;
  broken.fill(0xff, data, data + broken.readUInt32BE(data - 8));
  return broken;
}
