/** Settings of the endpoints: thumbnails over HTTPS, and uploads by an API. */
import { flag, group, integer, list, oneOf, text } from './expectations';
import { BUCKET_NAME, HOST_NAME, ORIGIN } from './names';
import { signing } from './signing';

const corsOrigins = () =>
  list(text(ORIGIN, 'an origin such as "https://app.example.com", or "*"'), {
    most: 50,
    identity: (origin) => origin,
  }).default([]);

/** CloudFront needs its certificate and its web ACL in this region, wherever the stack is. */
const GLOBAL = 'us-east-1';

export const delivery = group({
  enabled: flag().default(false).meta({
    description:
      'Whether CloudFront delivers the thumbnails. Their bucket stays private: only CloudFront may read it.',
  }),
  domain: group({
    name: text(HOST_NAME, 'a domain such as "images.example.com"').meta({
      description:
        'Its DNS needs a record that points to the output `delivery_domain`; the stack doesn’t create one. For a year, browsers use only HTTPS for it and for every domain below it (HSTS), so choose a domain that serves nothing else.',
    }),
    certificateArn: text(
      new RegExp(`^arn:aws:acm:${GLOBAL}:\\d{12}:certificate/[\\w-]{1,64}$`),
      `the ARN of an ACM certificate in ${GLOBAL}`,
    ).meta({
      description: `ACM certificate for that domain. CloudFront only accepts certificates in ${GLOBAL}.`,
    }),
  })
    .optional()
    .meta({ description: 'A domain of your own. Without it, CloudFront assigns one.' }),
  priceClass: oneOf(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).default('PriceClass_100').meta({
    description:
      'Which edge locations serve thumbnails: `PriceClass_100` is North America, Europe and Israel, the cheapest; viewers elsewhere wait a little longer.',
  }),
  webAclArn: text(
    new RegExp(`^arn:aws:wafv2:${GLOBAL}:\\d{12}:global/webacl/[\\w-]{1,128}/[\\w-]{1,64}$`),
    'the ARN of a web ACL of WAF for CloudFront',
  )
    .optional()
    .meta({ description: 'Web ACL of AWS WAF whose rules apply to every request.' }),
  accessLogsBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
    description:
      'An existing bucket for access logs. CloudFront writes them with an ACL, so the bucket must allow ACLs (`BucketOwnerPreferred`).',
  }),
  corsOrigins: corsOrigins().meta({
    description:
      'Origins whose scripts may read thumbnails, for example to draw them on a canvas. Showing them in a page needs no entry.',
  }),
  viewers: oneOf(['public', 'signed']).default('public').meta({
    description:
      'Who may see thumbnails: with `public` everyone who has their address, with `signed` only people with a signed URL or cookie that has not expired. The API answers with signed URLs. Those in records and messages are not signed, and mails link to S3 instead.',
  }),
  signing: signing.optional().meta({ description: 'The keys for `"viewers": "signed"`.' }),
  baseUrl: text(
    /^https:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?(\/[\w.~-]+)*$/,
    'an https URL without a slash at the end such as "https://cdn.example.com"',
  )
    .optional()
    .meta({
      description:
        'The URL at which your own CDN delivers the thumbnails bucket. Records, messages and the API then contain URLs that begin with it, and the stack creates no distribution. It can’t be combined with `delivery.enabled`.',
    }),
})
  .prefault({})
  .meta({ description: 'How browsers get thumbnails: docs/delivery.md.' });

export const uploadApi = group({
  enabled: flag().default(false).meta({
    description:
      'Whether there is an HTTP API: `POST /uploads` signs one upload, `GET /images/{id}` its status and thumbnails. Without `uploadApi.jwt`, callers sign their requests with AWS credentials (IAM); the API is never open to everyone.',
  }),
  jwt: group({
    issuer: text(/^https:\/\/[^\s"'\\<>$%{}]{1,500}$/, 'the https URL of an issuer').meta({
      description:
        'Issuer of the tokens: exactly their `iss`, including a slash at the end. API Gateway finds its keys by OpenID Connect discovery.',
    }),
    audience: list(text(/^[\x21-\x7e]{1,256}$/, 'an audience of 1 to 256 ASCII characters'), {
      least: 1,
      most: 50,
      identity: (audience) => audience,
    }).meta({ description: 'The `aud` or `client_id` of a token must be one of these.' }),
  })
    .optional()
    .meta({ description: 'Users sign in with tokens (JWT) of an OpenID Connect provider.' }),
  corsOrigins: corsOrigins().meta({
    description:
      'Origins whose pages may call the API and upload with what it signs. An existing bucket keeps its own CORS rules: add the output `uploads_cors_rule` to them.',
  }),
  uploadSeconds: integer(10, 3_600).default(300).meta({
    description: 'For how many seconds a signed upload is valid. It must begin within this time.',
  }),
  allowForms: flag().default(false).meta({
    description:
      'Whether callers may also ask for a form (`"method": "POST"`), which a page without JavaScript can send. Until it expires, a form can be used again and replaces its own object; the PUT that the API signs otherwise works once.',
  }),
  throttling: group({
    ratePerSecond: integer(1, 10_000)
      .default(50)
      .meta({ description: 'Requests per second that the API serves on average, for all callers together.' }),
    burst: integer(1, 5_000)
      .default(100)
      .meta({ description: 'Requests that may arrive at once. Requests beyond that get a 429.' }),
  })
    .prefault({})
    .meta({ description: 'Limits what runaway callers can cost.' }),
})
  .prefault({})
  .meta({
    description:
      'An API with which an app lets its users upload images and learns when their thumbnails are ready: docs/delivery.md.',
  });
