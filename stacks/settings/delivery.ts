/** Settings of the two doors to the world: thumbnails over HTTPS, and uploads by form. */
import { flag, group, integer, list, oneOf, text } from './expectations';
import { BUCKET_NAME, HOST_NAME, ORIGIN } from './names';

const corsOrigins = () =>
  list(text(ORIGIN, 'an origin such as "https://app.example.com", or "*"'), {
    most: 50,
    identity: (origin) => origin,
  }).default([]);

/** CloudFront and what belongs to it are in this region, wherever the stack is. */
const GLOBAL = 'us-east-1';

export const delivery = group({
  enabled: flag().default(false).meta({
    description:
      'Whether CloudFront delivers the thumbnails. Their bucket stays private: CloudFront alone may read them.',
  }),
  domain: group({
    name: text(HOST_NAME, 'a domain such as "images.example.com"').meta({
      description:
        'It takes a record in its DNS that points to the output `delivery_domain`; the stack makes none. Browsers are told to use HTTPS only for it and for every domain below it (HSTS, for a year), so choose one that serves nothing else.',
    }),
    certificateArn: text(
      new RegExp(`^arn:aws:acm:${GLOBAL}:\\d{12}:certificate/[\\w-]{1,64}$`),
      `the ARN of an ACM certificate in ${GLOBAL}`,
    ).meta({ description: `Certificate of ACM for that domain. CloudFront takes those of ${GLOBAL} only.` }),
  })
    .optional()
    .meta({ description: 'A domain of your own. Without it, thumbnails are at one that CloudFront gives.' }),
  priceClass: oneOf(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).default('PriceClass_100').meta({
    description:
      'Which edge locations take part: `PriceClass_100` is North America, Europe and Israel, the cheapest; viewers elsewhere wait a little longer.',
  }),
  webAclArn: text(
    new RegExp(`^arn:aws:wafv2:${GLOBAL}:\\d{12}:global/webacl/[\\w-]{1,128}/[\\w-]{1,64}$`),
    'the ARN of a web ACL of WAF for CloudFront',
  )
    .optional()
    .meta({ description: 'Rules of WAF that every request has to pass.' }),
  accessLogsBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
    description:
      'A bucket that exists already and takes the logs of requests. CloudFront writes them with an ACL, so the bucket has to allow ACLs (`BucketOwnerPreferred`).',
  }),
  corsOrigins: corsOrigins().meta({
    description:
      'Origins whose scripts may read thumbnails, for example to draw them on a canvas. To show them in a page takes none.',
  }),
  baseUrl: text(
    /^https:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?(\/[\w.~-]+)*$/,
    'an https URL without a slash at the end such as "https://cdn.example.com"',
  )
    .optional()
    .meta({
      description:
        'Where a CDN of your own delivers the thumbnails bucket from: the record, the message and the API then give URLs there, and the stack makes no distribution. It excludes `delivery.enabled`.',
    }),
})
  .prefault({})
  .meta({ description: 'How people get to see thumbnails: docs/delivery.md.' });

export const uploadApi = group({
  enabled: flag().default(false).meta({
    description:
      'Whether there is an HTTP API: `POST /uploads` gives a signed form for one upload, `GET /images/{id}` tells what became of it. Without `uploadApi.jwt`, callers sign their requests with credentials of AWS (IAM); it is never open.',
  }),
  jwt: group({
    issuer: text(/^https:\/\/[^\s"'\\<>$%{}]{1,500}$/, 'the https URL of an issuer').meta({
      description:
        'Who signs the tokens: exactly their `iss`, a slash at the end included. Its keys are found by OpenID Connect discovery.',
    }),
    audience: list(text(/^[\x21-\x7e]{1,256}$/, 'an audience of 1 to 256 ASCII characters'), {
      least: 1,
      most: 50,
      identity: (audience) => audience,
    }).meta({ description: 'One of these has to be in the `aud` or `client_id` of a token.' }),
  })
    .optional()
    .meta({ description: 'Users sign in with tokens (JWT) of an OpenID Connect provider.' }),
  corsOrigins: corsOrigins().meta({
    description:
      'Origins whose pages may call the API and upload with its forms. An existing bucket keeps its own CORS rules: the output `uploads_cors_rule` is what to add to them.',
  }),
  formSeconds: integer(10, 3_600).default(300).meta({
    description: 'Seconds for which a form can be used: an upload has to begin within them.',
  }),
  throttling: group({
    ratePerSecond: integer(1, 10_000)
      .default(50)
      .meta({ description: 'Requests per second that are served on average, of all callers together.' }),
    burst: integer(1, 5_000)
      .default(100)
      .meta({ description: 'Requests that may come at once. What is beyond gets a 429.' }),
  })
    .prefault({})
    .meta({ description: 'A cap on cost, and on what a caller gone wild can do.' }),
})
  .prefault({})
  .meta({
    description: 'How an app lets its users upload, and tells them when it is done: docs/delivery.md.',
  });
