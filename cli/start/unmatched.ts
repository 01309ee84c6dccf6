import { printable } from '../../contract/text';
import type { ObjectEvent, Stack } from '../../local-aws';

/**
 * Says why nothing happens to an object that no rule picks up.
 *
 * @returns undefined if nobody expects anything to happen: it is no upload, or it is a thumbnail
 */
export function whyNothing(
  { 'detail-type': type, detail: { bucket, object } }: ObjectEvent,
  outputs: Stack['outputs'],
): string | undefined {
  const text = (name: string) => String(outputs[name] ?? '');
  if (type !== 'Object Created' || bucket.name !== text('uploads_bucket')) return undefined;
  const areTogether = bucket.name === text('thumbnails_bucket');
  if (areTogether && object.key.startsWith(text('thumbnails_prefix'))) return undefined;
  const prefix = text('uploads_prefix');
  const reason = object.key.startsWith(prefix)
    ? 'its name ends in none of uploads.suffixes'
    : `its key does not start with uploads.prefix, "${prefix}"`;
  return `${printable(object.key)}: nothing happens, since ${reason} (docs/operations.md#nothing-happened)`;
}
