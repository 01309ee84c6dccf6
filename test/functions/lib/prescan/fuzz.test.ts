import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import * as build from './build';
import { countReads } from './count-reads';
import { CUTS, testScans } from './fuzz';

testScans({ numRuns: 50, seed: 1 });

describe('the work grows linearly with the length', () => {
  test.each<[string, string, Buffer]>([
    ['JPEG of stuffed bytes', '\xff\xd8\xff\xda\0\x02', Buffer.from([0xff, 0x00])],
    ['JPEG of fill bytes', '\xff\xd8', Buffer.from([0xff])],
    ['JPEG of restart markers', '\xff\xd8\xff\xda\0\x02', Buffer.from([0xff, 0xd0])],
    ['JPEG of segments without content', '\xff\xd8', Buffer.from([0xff, 0xe0, 0, 2])],
    ['JPEG of segments shorter than their length field', '\xff\xd8', Buffer.from([0xff, 0xe0, 0, 0])],
    ['PNG of empty chunks', '\x89PNG\r\n\x1a\n', build.pngChunk('IHDR')],
    [
      'WebP of empty chunks',
      'RIFF\0\0\x04\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0',
      build.riffChunk('ANMF', Buffer.alloc(0)),
    ],
    ['GIF of sub-blocks of one byte', 'GIF89a\x01\0\x01\0\0\0\0!\xfe', Buffer.from([1, 1])],
    ['GIF of empty extensions', 'GIF89a\x01\0\x01\0\0\0\0', Buffer.from([0x21, 0xfe, 0])],
    [
      'AVIF of empty boxes',
      '\0\0\0\x14ftypavif\0\0\0\0avif',
      Buffer.concat([build.u32be(8), build.latin1('meta')]),
    ],
    ['TIFF of overlapping directories', 'II*\0\x08\0\0\0', Buffer.from([0, 0])],
  ])('for a %s', (_, start, repeated) => {
    const bytes = Buffer.concat([
      build.latin1(start),
      build.times(Math.ceil(2 ** 18 / repeated.length), repeated),
    ]);
    const steps = countReads(() => {
      scan(bytes, { whole: true });
      for (const [format, frame] of CUTS) withoutMetadata(bytes, format, frame);
    });
    expect(steps).toBeLessThanOrEqual(16 * bytes.length);
  });
});
