/** The settings that are walked off → on → off: every one that is true or false or a list, and those that name a resource. */

import { PUBLIC_KEYS, SIGNED } from '../everything';

export interface Walked {
  /** As docs/settings.md names it. */
  setting: string;
  /** What the values are called in the table. @default off and on */
  names?: [off: string, on: string];
  /** Settings without it, and with it. */
  off: Settings;
  on: Settings;
  /** Another setting that the rules change together with it. */
  together?: string;
  /** What is lost although no resource goes. */
  lost?: { on?: string; off?: string };
}

type Settings = Record<string, unknown>;

const DELIVERED = { delivery: { enabled: true } };
const API = { ...DELIVERED, uploadApi: { enabled: true } };
const SIGNED_API = { ...API, delivery: { enabled: true, ...SIGNED } };
const JWT = { issuer: 'https://id.example.com', audience: ['photos'] };
const ORIGINS = ['https://app.example.com'];

const presets = (...variants: object[]) => ({ presets: [{ name: 'default', variants }] });
const variant = (more: object) => ({ name: 'small', width: 200, height: 200, ...more });

const ofVariants = (key: string, format: string, context: Settings = {}): Walked => ({
  setting: `presets[].variants[].${key}`,
  off: { ...context, ...presets(variant({ format, [key]: false })) },
  on: { ...context, ...presets(variant({ format, [key]: true })) },
});

const ofPresets = (key: string, off: unknown, on: unknown): Walked => {
  const preset = { name: 'default', variants: [variant({})] };
  return {
    setting: `presets[].${key}`,
    off: { presets: [{ ...preset, [key]: off }] },
    on: { presets: [{ ...preset, [key]: on }] },
  };
};

const notified = (list: string): Walked => ({
  setting: `notifications.${list}`,
  names: ['one address', 'two'],
  off: { notifications: { [list]: ['a@example.com'] } },
  on: { notifications: { [list]: ['a@example.com', 'b@example.com'] } },
});

const withKey = (customerManagedKey: boolean | 'keep') => ({ encryption: { customerManagedKey } });

export const WALKED: Walked[] = [
  {
    setting: 'backfill.enabled',
    off: { backfill: { enabled: false } },
    on: { backfill: { enabled: true } },
  },
  {
    setting: 'encryption.customerManagedKey',
    names: ['`false`', '`"keep"`'],
    off: withKey(false),
    on: withKey('keep'),
  },
  {
    setting: 'encryption.customerManagedKey',
    names: ['`"keep"`', '`true`'],
    off: withKey('keep'),
    on: withKey(true),
  },
  { setting: 'delivery.enabled', off: {}, on: DELIVERED },
  {
    setting: 'delivery.corsOrigins',
    off: DELIVERED,
    on: { delivery: { enabled: true, corsOrigins: ORIGINS } },
  },
  {
    setting: 'delivery.signing',
    names: ['none', 'a key'],
    together: 'delivery.viewers',
    off: { ...API, delivery: { enabled: true, viewers: 'public' } },
    on: SIGNED_API,
  },
  {
    setting: 'delivery.signing.publicKeys',
    names: ['one', 'two'],
    off: SIGNED_API,
    on: {
      ...API,
      delivery: { ...SIGNED_API.delivery, signing: { ...SIGNED.signing, publicKeys: PUBLIC_KEYS } },
    },
  },
  ofVariants('lazy', 'same', DELIVERED),
  { setting: 'uploadApi.enabled', off: DELIVERED, on: API },
  { setting: 'uploadApi.jwt', off: API, on: { ...API, uploadApi: { enabled: true, jwt: JWT } } },
  {
    setting: 'uploadApi.jwt.audience',
    names: ['one', 'two'],
    off: { ...API, uploadApi: { enabled: true, jwt: JWT } },
    on: { ...API, uploadApi: { enabled: true, jwt: { ...JWT, audience: ['photos', 'admin'] } } },
  },
  {
    setting: 'uploadApi.corsOrigins',
    off: API,
    on: { ...API, uploadApi: { enabled: true, corsOrigins: ORIGINS } },
  },
  {
    setting: 'uploadApi.allowForms',
    off: API,
    on: { ...API, uploadApi: { enabled: true, allowForms: true } },
  },
  notified('processed'),
  notified('errors'),
  notified('operations'),
  {
    setting: 'uploads.suffixes',
    names: ['`jpg`', '`jpg`, `png`'],
    off: { uploads: { suffixes: ['jpg'] } },
    on: { uploads: { suffixes: ['jpg', 'png'] } },
  },
  {
    setting: 'uploads.manageNotifications',
    off: { uploads: { existingBucket: 'photos' } },
    on: { uploads: { existingBucket: 'photos', manageNotifications: true } },
    lost: { on: 'All notifications of that bucket to other queues, topics and functions.' },
  },
  {
    setting: 'uploads.existingBucket',
    names: ['a bucket of the stack', 'an existing one'],
    off: {},
    on: { uploads: { existingBucket: 'photos' } },
  },
  {
    setting: 'thumbnails.bucket',
    names: ['`own`', '`uploads`'],
    off: { uploads: { prefix: 'in/' }, thumbnails: { prefix: 'out/' } },
    on: { uploads: { prefix: 'in/' }, thumbnails: { prefix: 'out/', bucket: 'uploads' } },
  },
  {
    setting: 'presets',
    names: ['one', 'two'],
    off: presets(variant({})),
    on: {
      presets: [
        { name: 'default', variants: [variant({})] },
        { name: 'avatars', prefix: 'avatars/', variants: [variant({})] },
      ],
    },
  },
  {
    setting: 'presets[].variants',
    names: ['one', 'two'],
    off: presets(variant({})),
    on: presets(variant({}), { name: 'large', width: 1600 }),
  },
  ofVariants('lossless', 'webp'),
  ofVariants('progressive', 'jpeg'),
  ofVariants('enlarge', 'same'),
  ofVariants('sharpen', 'same'),
  { setting: 'notifications.events', off: {}, on: { notifications: { events: true } } },
  ofPresets('placeholders', false, true),
  ofPresets('exif', undefined, ['takenAt']),
  ofVariants('animated', 'same'),
  { setting: 'sizeFromName.enabled', off: {}, on: { sizeFromName: { enabled: true } } },
  {
    setting: 'accept',
    names: ['without `avif`', 'with'],
    off: { accept: ['jpeg', 'png'] },
    on: { accept: ['jpeg', 'png', 'avif'] },
  },
  { setting: 'logs.executionData', off: { logs: { executionData: false } }, on: {} },
  { setting: 'logs.accessLogsBucket', off: {}, on: { logs: { accessLogsBucket: 'logs-of-the-team' } } },
  { setting: 'deletionProtection', off: { deletionProtection: false }, on: {} },
  {
    setting: 'pointInTimeRecovery',
    off: { pointInTimeRecovery: false },
    on: {},
    lost: { off: 'The last 35 days, to which the table could be restored.' },
  },
  {
    setting: 'emptyBucketsOnDestroy',
    off: { deletionProtection: false },
    on: { deletionProtection: false, emptyBucketsOnDestroy: true },
  },
  {
    setting: 'functions.thumbnail.provisionedConcurrency',
    off: {},
    on: { functions: { thumbnail: { provisionedConcurrency: 1 } } },
  },
  {
    setting: 'namePrefix',
    names: ['one name', 'another'],
    off: { namePrefix: 'one' },
    on: { namePrefix: 'another' },
  },
];
