/** What a function gets from the stack by default, and the event that Thumbnail gets from the state before it. */

export const UPLOADS = 'uploads';
export const THUMBNAILS = 'thumbnails';

export const ENVIRONMENT = {
  TABLE_NAME: 'records',
  THUMBNAILS_BUCKET: THUMBNAILS,
  TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:processed',
  CACHE_CONTROL: 'public, max-age=1209600',
  ACCEPTED_FORMATS: 'jpeg,png,webp,gif',
  BACKGROUND: '#ffffff',
  MAX_BYTES: '50000000',
  MAX_PIXELS: '50000000',
  MAX_SIDE: '16384',
  PRESETS: JSON.stringify([
    {
      name: 'default',
      prefix: '',
      variants: [{ name: 'small', width: 200, height: 200, fit: 'inside', format: 'jpeg', quality: 80 }],
    },
  ]),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export function eventOf(key: string, etag: string, bytes: number) {
  return {
    state: {
      image: {
        schema: 1,
        source: { bucket: UPLOADS, key, version: null, etag, sequencer: '1'.padStart(32, '0') },
        format: 'jpeg',
        width: 1920,
        height: 1080,
        orientation: 1,
        frames: 1,
        bytes,
        preset: { name: 'default', hash: '' },
        isNew: true,
      },
    },
    execution: 'bench',
  };
}
