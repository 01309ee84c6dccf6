/** Settings with delivery and the upload API, for the tests of each. */
import { SIGNED } from '../../scripts/everything';

const DELIVERY = { enabled: true };

/** A variant made with the upload, and one on its first request. */
export const EAGER_AND_LAZY = [
  {
    name: 'web',
    variants: [
      { name: 'small', width: 200 },
      { name: 'large', width: 1600, lazy: true },
    ],
  },
];

/** CloudFront, with no variant on request. */
export const DELIVERED = { delivery: DELIVERY };

/** CloudFront, with one. */
export const ON_REQUEST = { delivery: DELIVERY, presets: EAGER_AND_LAZY };

export const JWT = { issuer: 'https://example.eu.auth0.com/', audience: ['photos'] };

/** Everything, for users with tokens. */
export const WITH_API = { ...ON_REQUEST, uploadApi: { enabled: true, jwt: JWT } };

/** The same for viewers who need signed URLs. */
export const SIGNED_API = { ...WITH_API, delivery: { ...DELIVERY, ...SIGNED } };
