import type { ImageRecord } from '../../contract/record';
import type { SCHEMA } from '../../contract/schema';
import { recordId } from '../../contract/source';
import type { TaskInput } from '../../contract/states';
import { assertSameVersion } from '../lib/records/order';
import type { Outcome } from '../lib/records/records';
import { complete, type Update } from '../lib/records/updates';

declare module '../../contract/states' {
  interface Answers {
    record: RecordReference;
  }
}

/** What StoreMetadata answers: where the record is. */
export interface RecordReference {
  schema: typeof SCHEMA;
  id: string;
  status: 'DONE';
  /** Whether an earlier run of this version has already notified subscribers. */
  notified: boolean;
}

/** The calls that StoreMetadata makes. */
export interface StoreMetadataPorts {
  apply(update: Update): Promise<Outcome>;
  /** Removes a thumbnail unless it was made from a version newer than `sequencer`. */
  removeUpTo(sequencer: string, key: string): Promise<void>;
}

/**
 * Records the thumbnails as DONE. The newest version of the object wins, and a duplicate is a success. Then removes what
 * no record lists any more: thumbnails of earlier versions in another format or of another preset or, if this run lost,
 * its own.
 *
 * @throws Superseded if a newer event is recorded
 */
export async function storeMetadata(
  { execution, state: { image, thumbnails } }: TaskInput<'image' | 'thumbnails'>,
  ports: StoreMetadataPorts,
  now: Date,
  settingsHash?: string,
): Promise<RecordReference> {
  const { source } = image;
  const written = thumbnails.items.map(({ key }) => key);
  const remove = (keys: string[]) => Promise.all(keys.map((key) => ports.removeUpTo(source.sequencer, key)));

  const outcome = await ports.apply(complete(image, thumbnails, execution, now, settingsHash));
  if (!outcome.applied) {
    await remove(written);
    assertSameVersion(source, outcome.current);
  }
  const before = outcome.applied ? outcome.before : outcome.current;
  await remove(everWritten(before).filter((key) => !written.includes(key)));
  return {
    schema: 1,
    id: recordId(source),
    status: 'DONE',
    notified: (before?.notifiedSequencer ?? '') >= source.sequencer,
  };
}

function everWritten(record: ImageRecord | null): string[] {
  return [...(record?.thumbnailKeys ?? [])];
}
