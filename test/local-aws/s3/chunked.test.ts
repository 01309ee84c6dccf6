import fc from 'fast-check';
import { decodeChunks } from '../../../local-aws/s3/chunked';
import { AwsError } from '../../../local-aws/service';

async function* pieces(content: Buffer, cuts: number[]): AsyncGenerator<Buffer> {
  const edges = [0, ...cuts.map((cut) => cut % (content.length + 1)).sort((a, b) => a - b), content.length];
  for (let index = 1; index < edges.length; index++) yield content.subarray(edges[index - 1], edges[index]);
}

async function decode(
  content: Buffer,
  cuts: number[],
): Promise<{ data: Buffer; trailers: Map<string, string> }> {
  const trailers = new Map<string, string>();
  const data: Buffer[] = [];
  for await (const piece of decodeChunks(pieces(content, cuts), undefined, trailers)) data.push(piece);
  return { data: Buffer.concat(data), trailers };
}

const frame = (chunks: Uint8Array[], trailer: string) =>
  Buffer.concat([
    ...chunks.map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    ),
    Buffer.from(`0\r\n${trailer}\r\n`),
  ]);

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 });
const cuts = fc.array(fc.nat(2000), { maxLength: 40 });

test('however a framed body is split on its way, data and trailer are complete', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, cuts, fc.boolean(), async (sent, at, withTrailer) => {
      const trailer = withTrailer ? 'x-amz-checksum-crc32: AAAAAA==\r\n' : '';
      const { data, trailers } = await decode(frame(sent, trailer), at);
      expect(data.equals(Buffer.concat(sent))).toBe(true);
      expect([...trailers]).toEqual(withTrailer ? [['x-amz-checksum-crc32', 'AAAAAA==']] : []);
    }),
  );
});

test('a body that ends early is never taken for a complete one', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, cuts, fc.nat(), async (sent, at, length) => {
      const whole = frame(sent, 'x-amz-checksum-crc32:AAAAAA==\r\n');
      const cut = whole.subarray(0, length % whole.length);
      await expect(decode(cut, at)).rejects.toThrow(AwsError);
    }),
  );
});

test('anything else that arrives is either decoded or refused', async () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((content) => Buffer.from(content)),
    fc
      .string({ unit: fc.constantFrom('0', '5', 'f', '\r\n', ';', ':', 'chunk-signature=', 'x') })
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(noise, cuts, async (content, at) => {
      try {
        await decode(content, at);
      } catch (error) {
        expect(error).toBeInstanceOf(AwsError);
      }
    }),
  );
});

test.each([
  ['an invalid size', 'xyz\r\n'],
  ['an excessive size', `${'f'.repeat(20)}\r\n`],
  ['a line without end', 'f'.repeat(10_000)],
  ['data longer than its size', '1\r\nxy\r\n0\r\n\r\n'],
  ['data after the end', '0\r\n\r\nmore'],
  ['an invalid trailer', '0\r\nnonsense\r\n\r\n'],
  [
    'trailers without end',
    `0\r\n${Array.from({ length: 50 }, (_, index) => `a${index}:b\r\n`).join('')}\r\n`,
  ],
])('%s is refused', async (_, content) => {
  await expect(decode(Buffer.from(content), [])).rejects.toMatchObject({ status: 400 });
});
