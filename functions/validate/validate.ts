import type { Image } from '../../contract/image';
import { sourceOf } from '../../contract/source';
import type { TaskInput } from '../../contract/states';
import { type ExaminePorts, type ExamineSettings, examine } from '../lib/image/examine';
import { targetsOf } from '../lib/image/targets';

declare module '../../contract/states' {
  interface Answers {
    image: Image;
  }
}

/** The calls that Validate makes. */
export interface ValidatePorts extends ExaminePorts {
  /**
   * Records the object as PROCESSING.
   *
   * @returns every thumbnail key that was noted for the object before
   * @throws Superseded if a newer event is recorded
   */
  claim(image: Image, thumbnailKeys: string[]): Promise<ReadonlySet<string>>;
}

/**
 * Checks that the event is current and that the object is an image within the limits.
 *
 * @throws Superseded, EmptyObject, ImageTooLarge, UnsupportedFormat, CorruptImage, SuspiciousImage or InvalidEvent
 */
export async function validate(
  { state }: TaskInput,
  settings: ExamineSettings,
  ports: ValidatePorts,
): Promise<Image> {
  const image = await examine(sourceOf(state), settings, ports);
  const { eager, lazy } = targetsOf(image, settings);
  const noted = await ports.claim(
    image,
    eager.map(({ key }) => key),
  );
  // Render notes a key before it writes there, and only while the record is DONE: it can add none for an older version now.
  const requested = lazy.filter(({ key }) => noted.has(key)).map(({ variant }) => variant.name);
  return {
    ...image,
    ...(requested.length > 0 && { requested }),
    ...(noted.size === 0 && { isNew: true as const }),
  };
}
