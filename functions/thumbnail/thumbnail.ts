import type { Thumbnails } from '../../contract/image';
import type { TaskInput } from '../../contract/states';
import { type MakePorts, type MakeSettings, make } from '../lib/image/make';
import { offer } from '../lib/image/offer';
import { type Target, targetsOf } from '../lib/image/targets';

declare module '../../contract/states' {
  interface Answers {
    thumbnails: Thumbnails;
  }
}

/**
 * Makes every eager variant of the image's preset, and those lazy ones that were requested of an earlier version. The rest
 * of the lazy ones are offered: the first request for one makes it. Finds out the details that the preset asks for, which
 * takes the bytes even if every variant is lazy.
 *
 * @throws Superseded when the version is gone
 * @throws CorruptImage, SuspiciousImage or ImageTooLarge when the whole bytes say so
 */
export async function makeThumbnails(
  { state: { image } }: TaskInput<'image'>,
  settings: MakeSettings,
  ports: MakePorts,
): Promise<Thumbnails> {
  const { eager, lazy, details } = targetsOf(image, settings);
  const isRequested = ({ variant }: Target) => image.requested?.includes(variant.name) ?? false;
  const wanted = [...eager, ...lazy.filter(isRequested)];
  const onRequest = lazy.filter((target) => !isRequested(target));
  return {
    schema: 1,
    ...(await make(image, wanted, settings, ports, details)),
    ...(onRequest.length > 0 && {
      onRequest: onRequest.map((target) => offer(image, target, settings, ports)),
    }),
  };
}
