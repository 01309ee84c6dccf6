import sharp from '../../../fixtures/sharp';
import { decoded, rms, thumbnail } from './pixels';

/**
 * Random black and white, stored so coarsely that values exceed 0 and 255. A full decode clamps them pixel by pixel; a
 * decode at an eighth averages first and doesn't clamp. So the pixels show which of the two it was.
 */
async function overrunning(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height);
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[at] = state >>> 28 === 0 ? 255 : 0;
  }
  return sharp(data, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 10 })
    .toBuffer();
}

test('the decoder shrinks while it loads, which makes a large JPEG cost 2 to 5 times less', async () => {
  // 18 times the thumbnail's size: then sharp decodes at an eighth, with or without a margin.
  const bytes = await overrunning(1_800, 1_350);
  const size = { width: 100, height: 75 };
  const whole = await decoded(bytes);
  const { channels } = whole;
  const full = sharp(whole.data, { raw: { width: 1_800, height: 1_350, channels: channels as 1 | 3 } });
  const exact = await decoded(
    await full
      .resize({ ...size, fit: 'fill' })
      .png()
      .toBuffer(),
  );
  const shrunk = await decoded(
    await sharp(bytes)
      .resize({ ...size, fit: 'fill' })
      .png()
      .toBuffer(),
  );
  const made = await decoded(await thumbnail(bytes, { format: 'png', ...size }));

  expect(rms(shrunk, exact)).toBeGreaterThan(2);
  expect(rms(made, shrunk)).toBeLessThan(rms(made, exact) / 4);
});

test('the decoder of WebP leaves the last step of a large variant to Lanczos', async () => {
  const [width, height] = [2_400, 1_000];
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[at] = 100 + (state >>> 26);
  }
  const source = sharp(data, { raw: { width, height, channels: 3 } });
  const bytes = await source.clone().webp({ lossless: true, effort: 0 }).toBuffer();
  const size = { width: 1_200, height: 500 };
  const fit = { ...size, fit: 'fill' } as const;
  const exact = await decoded(await source.clone().resize(fit).png().toBuffer());
  const byDecoder = await decoded(await sharp(bytes).resize(fit).png().toBuffer());
  const made = await decoded(await thumbnail(bytes, { format: 'png', ...size }));
  expect(rms(made, exact)).toBeLessThan(rms(byDecoder, exact) * 0.8);
});
