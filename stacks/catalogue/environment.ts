/** Environment variables that several functions have. */
import { createHash } from 'node:crypto';
import type {
  EventsEnvironment,
  LimitsEnvironment,
  OutcomeEnvironment,
  RecipesEnvironment,
  SigningEnvironment,
  ThumbnailsEnvironment,
  UploadsEnvironment,
} from '../../contract/environment';
import type { Place } from '../storage/place';
import type { Given, ReadSettings, Resources } from './entry';

/** The settings that decide which images are accepted and which thumbnails are made. */
export function imageEnvironment({ thumbnails, settings }: Given): RecipesEnvironment & LimitsEnvironment {
  const { presets, output, sizeFromName, limits } = settings;
  return {
    PRESETS: JSON.stringify(presets),
    BACKGROUND: output.background,
    ...prefixEnvironment(thumbnails),
    ...optional(sizeFromName.enabled, { MAX_SIDE_FROM_NAME: String(sizeFromName.maxSide) }),
    ...optional(hasAnimatedVariants(settings), { MAX_ANIMATED_PIXELS: String(limits.animatedPixels) }),
    ...limitsEnvironment(settings),
  };
}

const hasAnimatedVariants = ({ presets }: ReadSettings) =>
  presets.some(({ variants }) => variants.some(({ animated }) => animated));

/** The settings that decide which images are accepted. */
export function limitsEnvironment({ accept, limits }: ReadSettings): LimitsEnvironment {
  return {
    ACCEPTED_FORMATS: accept.join(','),
    MAX_BYTES: String(limits.bytes),
    MAX_PIXELS: String(limits.pixels),
    MAX_SIDE: String(limits.side),
  };
}

/**
 * A hash of every setting that decides the outcome of an image, for each preset: its variants, the limits, and what is accepted.
 * From it a backfill knows what is stale.
 */
export function outcomeEnvironment({ settings }: { settings: ReadSettings }): OutcomeEnvironment {
  const { presets, output, sizeFromName, limits, accept, backfill } = settings;
  const others = [output.background, sizeFromName, limits, [...accept].sort()];
  const hash = (preset: object) =>
    createHash('sha256')
      .update(JSON.stringify([preset, ...others]))
      .digest('hex')
      .slice(0, 12);
  return optional(backfill.enabled, {
    SETTINGS_HASHES: JSON.stringify(
      Object.fromEntries(presets.map((preset) => [preset.prefix, hash(preset)])),
    ),
  });
}

/** Where originals are, for functions that don't get it from an event. */
export function uploadsEnvironment({ uploads }: Resources): UploadsEnvironment {
  return {
    UPLOADS_BUCKET: uploads.name,
    ...optional(uploads.prefix !== '', { UPLOADS_PREFIX: uploads.prefix }),
  };
}

/** Where browsers get thumbnails, if anywhere. */
export function deliveryEnvironment({ deliveryUrl }: Resources): { DELIVERY_URL?: string } {
  return deliveryUrl === undefined ? {} : { DELIVERY_URL: deliveryUrl };
}

/** How URLs are signed, if viewers need that. */
export function signingEnvironment({ signing }: Resources): SigningEnvironment {
  if (!signing) return {};
  return {
    SIGNING_KEY_IDS: JSON.stringify(signing.keyIds),
    SIGNING_KEY_PARAMETER: signing.parameter.name,
    SIGNED_URL_SECONDS: String(signing.seconds),
  };
}

/** Whether outcomes are events on the event bus. */
export const eventsEnvironment = ({ settings: { notifications } }: Given): EventsEnvironment =>
  optional(notifications.events, { EVENTS: 'on' });

/** Where operators read the runbook, if the settings say so. */
export const runbookEnvironment = ({ settings: { notifications } }: Given): { RUNBOOK_URL?: string } =>
  notifications.runbookUrl === undefined ? {} : { RUNBOOK_URL: notifications.runbookUrl };

/** Where thumbnails are, for functions that write or delete them. */
export function thumbnailsEnvironment({ thumbnails }: Resources): ThumbnailsEnvironment {
  return { THUMBNAILS_BUCKET: thumbnails.name, ...prefixEnvironment(thumbnails) };
}

const prefixEnvironment = ({ prefix }: Place) => optional(prefix !== '', { THUMBNAILS_PREFIX: prefix });

const optional = <Variables>(when: boolean, variables: Variables): Partial<Variables> =>
  when ? variables : {};
