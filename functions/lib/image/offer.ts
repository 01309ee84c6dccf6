import type { Image, Offer } from '../../../contract/image';
import { plan } from './plan';
import type { Target } from './targets';
import { thumbnailUrl } from './thumbnail-url';

/** The part of an image that its thumbnails depend on. */
export type Original = Pick<Image, 'source' | 'format' | 'width' | 'height' | 'frames' | 'bytes' | 'isNew'>;

/** Describes a thumbnail as it will be, whether or not it exists yet. */
export function offer(
  { source, ...image }: Original,
  { variant, format, key, hash, animated, note }: Target,
  { deliveryUrl }: { deliveryUrl?: string },
  { bucket }: { bucket: string },
): Offer {
  return {
    variant: variant.name,
    bucket,
    key,
    format,
    ...plan(image, variant).size,
    ...(animated && { animated }),
    ...(note && { note: `The thumbnail ${note}.` }),
    ...(deliveryUrl && { url: thumbnailUrl(deliveryUrl, key, source, hash) }),
  };
}
