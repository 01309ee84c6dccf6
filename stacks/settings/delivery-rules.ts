/** Rules for the endpoints: delivery, variants on request and the upload API depend on each other. */
import { SUFFIXES } from '../../contract/formats';
import { keyRegion } from './names';
import { type Rule, rule, ruleForEach } from './rule';
import type { Settings } from './schema';

/** Settings of the distribution: without a distribution they would be ignored silently. */
const PARTS_OF_THE_DISTRIBUTION = ['domain', 'webAclArn', 'accessLogsBucket'] as const;

/** Suffixes of accepted formats that would not start the workflow. */
const missingSuffixes = ({ accept, uploads }: Settings) =>
  accept.map((format) => SUFFIXES[format]).filter((suffix) => !uploads.suffixes.includes(suffix));

export const DELIVERY_RULES: readonly Rule[] = [
  rule(
    'delivery.baseUrl',
    ({ delivery }) => delivery.enabled && delivery.baseUrl !== undefined,
    ({ delivery }) =>
      `expected either delivery.enabled or delivery.baseUrl, received both: the URLs would lead to "${delivery.baseUrl}" and not to the distribution; remove one of them, or use delivery.domain for a domain of your own`,
  ),
  ruleForEach(
    () => [...PARTS_OF_THE_DISTRIBUTION],
    (part) => ['delivery', part],
    (part, { delivery }) =>
      !delivery.enabled && delivery.baseUrl !== undefined && delivery[part] !== undefined,
    () =>
      'expected delivery.enabled with it, received delivery.baseUrl: the stack creates no distribution if you use a CDN of your own; set it in your CDN',
  ),
  rule(
    'delivery.viewers',
    ({ delivery }) => delivery.viewers === 'signed' && !delivery.enabled,
    ({ delivery }) =>
      delivery.baseUrl === undefined
        ? 'expected delivery.enabled with "signed", received false: only the distribution of the stack checks signatures; turn delivery on or leave out viewers'
        : 'expected "public" with delivery.baseUrl, received "signed": the stack can’t tell your CDN whom to trust; let your CDN check its viewers, or use delivery.enabled',
  ),
  rule(
    'delivery.signing',
    ({ delivery }) => delivery.viewers === 'signed' && delivery.signing === undefined,
    () =>
      'expected publicKeys with "viewers": "signed", received nothing: nobody could sign; docs/delivery.md says how to make a key',
  ),
  rule(
    'delivery.viewers',
    ({ delivery }) => delivery.viewers === 'public' && delivery.signing !== undefined,
    () =>
      'expected "signed" with delivery.signing, received "public": everyone could see the thumbnails in spite of the keys; set viewers, or remove signing',
  ),
  rule(
    'delivery.signing.privateKeyParameter',
    ({ delivery, uploadApi }) =>
      uploadApi.enabled &&
      delivery.signing !== undefined &&
      delivery.signing.privateKeyParameter === undefined,
    () =>
      'expected the name of a parameter with uploadApi.enabled, received nothing: the API signs the URLs that it answers with',
  ),
  rule(
    'delivery.signing.kmsKeyArn',
    ({ delivery: { signing } }) =>
      signing?.kmsKeyArn !== undefined && signing.privateKeyParameter === undefined,
    () =>
      'expected delivery.signing.privateKeyParameter with it, received none: it names the key of that parameter',
  ),
  rule(
    'delivery.signing.kmsKeyArn',
    ({ delivery, region }) => (keyRegion(delivery.signing?.kmsKeyArn) ?? region) !== region,
    ({ delivery, region }) =>
      `expected a key in the region of the settings, which is ${region}, received one in ${keyRegion(delivery.signing?.kmsKeyArn)}: a parameter is encrypted with a key of its own region`,
  ),
  // Only CloudFront may call the function that makes variants on request.
  ruleForEach(
    ({ presets }) =>
      presets.flatMap(({ variants }, preset) =>
        variants.map(({ lazy }, variant) => ({
          path: ['presets', preset, 'variants', variant, 'lazy'],
          lazy,
        })),
      ),
    ({ path }) => path,
    ({ lazy = false }, { delivery }) => lazy && !delivery.enabled,
    () =>
      'expected delivery.enabled to be true, received false: only a request to the distribution makes a lazy variant; turn delivery on or leave out lazy',
  ),
  rule(
    'thumbnails.bucket',
    ({ delivery, thumbnails, uploads }) =>
      delivery.enabled && thumbnails.bucket === 'uploads' && uploads.existingBucket !== undefined,
    ({ uploads }) =>
      `expected "own" with delivery.enabled and uploads.existingBucket, received "uploads": to let CloudFront read the thumbnails, the stack would have to replace the policy of "${uploads.existingBucket}", which is its owner's; keep thumbnails in a bucket of their own, or deliver them with a CDN of your own (delivery.baseUrl)`,
  ),
  rule(
    'uploadApi.enabled',
    ({ uploadApi, delivery }) => uploadApi.enabled && !delivery.enabled && delivery.baseUrl === undefined,
    () =>
      'expected delivery.enabled or delivery.baseUrl with it, received neither: the API answers with the URLs of thumbnails; turn delivery on or name your own CDN',
  ),
  rule(
    'uploads.suffixes',
    (settings) => settings.uploadApi.enabled && missingSuffixes(settings).length > 0,
    (settings) => {
      const missing = missingSuffixes(settings);
      return `expected the endings of all accepted formats with uploadApi.enabled, received none for ${missing.map((suffix) => `"${suffix}"`).join(', ')}: such an upload would never start the workflow, and its status would stay PROCESSING; add ${missing.length === 1 ? 'it' : 'them'} or take the format out of accept`;
    },
  ),
];
