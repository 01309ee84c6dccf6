/** Originals for the contact sheet that no file in test/fixtures is. */
import sharp from 'sharp';

/** A landscape with an F in it, so that one sees which way is up. */
const scene = (width: number, height: number) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
        <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#3a76c4"/><stop offset="1" stop-color="#d8e6f4"/></linearGradient></defs>
        <rect width="100%" height="100%" fill="url(#sky)"/>
        <path d="M0 ${height} L${width * 0.3} ${height * 0.4} L${width * 0.5} ${height * 0.75} L${width * 0.75} ${height * 0.3} L${width} ${height} Z" fill="#4d6b4a"/>
        <circle cx="${width * 0.85}" cy="${height * 0.2}" r="${height * 0.1}" fill="#ffd85a"/>
        <path d="M${width * 0.1} ${height * 0.6} v-${height * 0.4} h${height * 0.25} M${width * 0.1} ${height * 0.4} h${height * 0.2}" fill="none" stroke="#fff" stroke-width="${height * 0.07}"/>
      </svg>`,
    ),
  );

/** Stored on its side, as phones store what is taken upright. */
export async function sideways(): Promise<Buffer> {
  const turned = await scene(300, 400).rotate(270).png().toBuffer();
  return sharp(turned).withMetadata({ orientation: 6 }).jpeg({ quality: 85 }).toBuffer();
}

export const panorama = () => scene(4_000, 500).jpeg({ quality: 60 }).toBuffer();

export const cover = () => scene(300, 200).jpeg({ quality: 85 }).toBuffer();
