/** What the functions' tests share: a real event, and the data that the states make of it. */

import type { Details } from '../../contract/details';
import type { ObjectEvent } from '../../contract/event';
import type { Image, Thumbnail } from '../../contract/image';
import type { Source } from '../../contract/source';
import type { Preset, Variant } from '../../functions/lib/image/presets';
import put from '../fixtures/events/object-created-put.json';

export const EXECUTION =
  'arn:aws:states:us-east-1:111122223333:express:thumbnail-workflow:6d1f2c3e-0c55-4f0c-9a7e-2f6f4be2a001:b1c5';
/** Its graph in the console: the link begins to look five minutes before {@link NOW}. */
export const EXECUTION_LINK = `https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/express-executions/details/${EXECUTION}?startDate=1773280980000`;
export const NOW = new Date('2026-03-12T02:08:00.000Z');
export const UPLOADS = put.detail.bucket.name;
export const THUMBNAILS = 'thumbnail-workflow-thumbnails-111122223333-us-east-1';
export const TABLE = 'thumbnail-workflow-records';

/** A real "Object Created" event with some fields of its object changed; undefined removes a field. */
export function created(object: Partial<ObjectEvent['detail']['object']> = {}): ObjectEvent {
  const event = structuredClone(put) as ObjectEvent;
  Object.assign(event.detail.object, object);
  return event;
}

/** What is found out about a picture besides its thumbnails. */
export const DETAILS: Required<Details> = {
  placeholders: {
    thumbhash: '2WgGDYbL/blNTouIaBiXaCdsn1f2',
    blurDataURL: 'data:image/webp;base64,UklGRjQAAABXRUJQVlA4ICgAAACwAQCdASoIAAYAAUAmJaQAAwAA',
    color: '#7a2b1c',
  },
  exif: {
    takenAt: '2026-03-12T14:07:56+01:00',
    camera: 'Nikon D90',
    gps: { latitude: 52.52, longitude: -13.41 },
  },
};

/** The n-th version of the object: a later one has a greater sequencer. */
export function sourceAt(n: number, changes: Partial<Source> = {}): Source {
  return {
    bucket: UPLOADS,
    key: 'uploads/canyon.jpg',
    version: `version-${n}`,
    etag: `etag-${n}`,
    sequencer: n.toString(16).toUpperCase().padStart(32, '0'),
    ...changes,
  };
}

export function imageOf(source: Source, changes: Partial<Image> = {}): Image {
  return {
    schema: 1,
    source,
    format: 'jpeg',
    width: 4000,
    height: 3000,
    orientation: 1,
    frames: 1,
    bytes: 466_123,
    preset: { name: 'default', hash: '0123456789ab' },
    ...changes,
  };
}

export function thumbnailOf(source: Source, changes: Partial<Thumbnail> = {}): Thumbnail {
  return {
    variant: 'thumbnail',
    bucket: THUMBNAILS,
    key: `${source.key}/thumbnail.jpg`,
    format: 'jpeg',
    width: 200,
    height: 150,
    bytes: 9_876,
    ...changes,
  };
}

export function variantOf(changes: Partial<Variant> = {}): Variant {
  return {
    name: 'thumbnail',
    width: 200,
    height: 200,
    fit: 'inside',
    format: 'same',
    quality: 80,
    ...changes,
  };
}

export function presetOf(...variants: Variant[]): Preset {
  return { name: 'default', prefix: '', variants };
}
