import { TransientError } from '../../../../contract/errors';
import {
  type Existing,
  type Precondition,
  preconditionFor,
  swap,
} from '../../../../functions/lib/image/swap';
import type { Target } from '../../../../functions/lib/image/targets';
import { withLatePorts } from '../../late-calls';
import { imageOf, sourceAt, THUMBNAILS, variantOf } from '../../support';

const image = imageOf(sourceAt(5));
const target: Target = { variant: variantOf(), format: 'jpeg', key: 'a.jpg/small.jpg', hash: 'recipe' };
const existing = (n: number, preset = 'recipe'): Existing => ({
  etag: `"${n}"`,
  sequencer: n === 0 ? '' : sourceAt(n).sequencer,
  preset,
  bytes: 1,
});

test.each<[string, Existing | null, Precondition | 'done']>([
  ['nothing', null, { IfNoneMatch: '*' }],
  ['an object of unknown origin', existing(0), { IfMatch: '"0"' }],
  ['the thumbnail of an older version', existing(4), { IfMatch: '"4"' }],
  ['the thumbnail of this version', existing(5), 'done'],
  ['one of this version by another recipe', existing(5, 'other'), { IfMatch: '"5"' }],
  ['one of a newer version', existing(6), 'done'],
  ['one of a newer version by another recipe', existing(6, 'other'), 'done'],
])('over %s: %j', (_, found, expected) => {
  expect(preconditionFor(image.source, target, found)).toEqual(expected);
});

/** Writes where this is found, and each of these after another refusal. @returns the writes */
async function swapped(found: Existing | null, ...later: (Existing | null)[]) {
  const writes: Precondition[] = [];
  const ports = {
    bucket: THUMBNAILS,
    find: async (key: string) => (key === target.key ? (later[writes.length - 1] ?? null) : null),
    write: async (_: Target, __: Buffer, precondition: Precondition) => {
      writes.push(precondition);
      return writes.length > later.length;
    },
  };
  await withLatePorts(ports, (late) => swap(image, target, found, Buffer.from('x'), late));
  return writes;
}

test('is written once if nothing interferes', async () => {
  expect(await swapped(null)).toEqual([{ IfNoneMatch: '*' }]);
});

test('looks again whenever another run was quicker', async () => {
  expect(await swapped(null, existing(3), existing(4))).toEqual([
    { IfNoneMatch: '*' },
    { IfMatch: '"3"' },
    { IfMatch: '"4"' },
  ]);
});

test('ends when the other run has written a newer version', async () => {
  expect(await swapped(existing(4), existing(6), existing(7))).toEqual([{ IfMatch: '"4"' }]);
});

test('gives up after eight writes, and says which key it was', async () => {
  const others = (count: number) => Array.from({ length: count }, () => existing(4));
  expect(await swapped(null, ...others(7))).toHaveLength(8);
  const failed = swapped(null, ...others(8));
  await expect(failed).rejects.toBeInstanceOf(TransientError);
  await expect(failed).rejects.toThrow(
    `s3://${THUMBNAILS}/a.jpg/small.jpg changed 8 times while it was being written`,
  );
});
