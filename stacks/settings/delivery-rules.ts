/** Rules of the doors: delivery, variants on request and the upload API ask for one another. */
import { SUFFIXES } from '../../contract/formats';
import type { Problem } from './problems';
import type { Settings } from './schema';

type Rule = (settings: Settings) => Problem[];

/** Settings of the distribution would be lost without a word where there is none. */
const PARTS_OF_THE_DISTRIBUTION = ['domain', 'webAclArn', 'accessLogsBucket'] as const;

const oneCdn: Rule = ({ delivery }) => {
  if (delivery.baseUrl === undefined) return [];
  const problem = (path: PropertyKey[], message: string): Problem => ({ path, message });
  return [
    ...(delivery.enabled
      ? [
          problem(
            ['delivery', 'baseUrl'],
            `expected either delivery.enabled or delivery.baseUrl, received both: the URLs would lead to "${delivery.baseUrl}" and not to the distribution; remove one of them, or use delivery.domain for a domain of your own`,
          ),
        ]
      : PARTS_OF_THE_DISTRIBUTION.filter((part) => delivery[part] !== undefined).map((part) =>
          problem(
            ['delivery', part],
            'expected delivery.enabled with it, received delivery.baseUrl: with a CDN of your own there is no distribution to set it for; set it there',
          ),
        )),
  ];
};

/** CloudFront asks the function that makes them, and nothing else may. */
const lazyTakesTheDistribution: Rule = ({ presets, delivery }) =>
  delivery.enabled
    ? []
    : presets.flatMap(({ variants }, preset) =>
        variants.flatMap(({ lazy }, variant) =>
          lazy
            ? [
                {
                  path: ['presets', preset, 'variants', variant, 'lazy'],
                  message:
                    'expected delivery.enabled to be true, received false: only a request to the distribution makes such a variant; turn delivery on or make the variant with the upload',
                },
              ]
            : [],
        ),
      );

/** Who reads a bucket is in its policy, and that of an existing one is its owner's. */
const theDistributionMayRead: Rule = ({ delivery, thumbnails, uploads }) =>
  delivery.enabled && thumbnails.bucket === 'uploads' && uploads.existingBucket !== undefined
    ? [
        {
          path: ['thumbnails', 'bucket'],
          message: `expected "own" with delivery.enabled and uploads.existingBucket, received "uploads": to let CloudFront read the thumbnails, the stack would have to replace the policy of "${uploads.existingBucket}", which is its owner's; keep thumbnails in a bucket of their own, or deliver them with a CDN of your own (delivery.baseUrl)`,
        },
      ]
    : [];

const uploadsAreAnsweredWithUrls: Rule = ({ uploadApi, delivery }) =>
  !uploadApi.enabled || delivery.enabled || delivery.baseUrl !== undefined
    ? []
    : [
        {
          path: ['uploadApi', 'enabled'],
          message:
            'expected delivery.enabled or delivery.baseUrl with it, received neither: the API answers with the URLs of thumbnails; turn delivery on or name your own CDN',
        },
      ];

const whatTheApiTakesBeginsAWorkflow: Rule = ({ uploadApi, accept, uploads }) => {
  if (!uploadApi.enabled) return [];
  const missing = accept.map((format) => SUFFIXES[format]).filter((end) => !uploads.suffixes.includes(end));
  return missing.length === 0
    ? []
    : [
        {
          path: ['uploads', 'suffixes'],
          message: `expected the endings of all accepted formats with uploadApi.enabled, received none for ${missing.map((end) => `"${end}"`).join(', ')}: such an upload would begin no workflow and be PROCESSING for ever; add ${missing.length === 1 ? 'it' : 'them'} or take the format out of accept`,
        },
      ];
};

export const DELIVERY_RULES: Rule[] = [
  oneCdn,
  lazyTakesTheDistribution,
  theDistributionMayRead,
  uploadsAreAnsweredWithUrls,
  whatTheApiTakesBeginsAWorkflow,
];
