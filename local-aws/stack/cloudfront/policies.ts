/** Cache policies and response headers policies, converted for the distribution that uses them. */

import type { CachePolicy, Cors, ResponseHeadersPolicy, Selection } from '../../cloudfront/model';
import type { Block } from '../block';
import { items, type Json, nestedBlock, nestedBlocks, oneOf } from '../nested';

/**
 * CloudFront's defaults for what a policy leaves out:
 * docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
 */
const USUAL = { minTtl: 0, defaultTtl: 86_400, maxTtl: 31_536_000 };

const KEY = 'parameters_in_cache_key_and_forwarded_to_origin';

/** @param skip receives each part of the policy that has no effect here */
export function cachePolicy(block: Block, skip: (what: string) => void): CachePolicy {
  const seconds = (argument: string, usual: number) => Number(block.get(argument) ?? usual);
  const parameters =
    nestedBlock(
      block.get(KEY),
      [
        'cookies_config',
        'headers_config',
        'query_strings_config',
        'enable_accept_encoding_brotli',
        'enable_accept_encoding_gzip',
      ],
      KEY,
    ) ?? {};
  if (parameters['enable_accept_encoding_brotli'] || parameters['enable_accept_encoding_gzip']) {
    skip('compression');
  }
  const cookies = nestedBlock(parameters['cookies_config'], ['cookie_behavior'], 'cookies_config');
  oneOf(cookies?.['cookie_behavior'] ?? 'none', ['none'], 'cookie_behavior');
  return {
    minTtl: seconds('min_ttl', USUAL.minTtl),
    defaultTtl: seconds('default_ttl', USUAL.defaultTtl),
    maxTtl: seconds('max_ttl', USUAL.maxTtl),
    queryStrings: queryStrings(parameters['query_strings_config']),
    headers: headers(parameters['headers_config']),
  };
}

function queryStrings(value: unknown): Selection {
  const block = nestedBlock(value, ['query_string_behavior', 'query_strings'], 'query_strings_config') ?? {};
  const names = items(block['query_strings'], 'query_strings');
  const behaviors = ['none', 'whitelist', 'allExcept', 'all'] as const;
  switch (oneOf(block['query_string_behavior'] ?? 'none', behaviors, 'query_string_behavior')) {
    case 'none':
      return { only: [] };
    case 'whitelist':
      return { only: names };
    case 'allExcept':
      return { allBut: names };
    default:
      return { allBut: [] };
  }
}

function headers(value: unknown): string[] {
  const block = nestedBlock(value, ['header_behavior', 'headers'], 'headers_config') ?? {};
  const behavior = oneOf(block['header_behavior'] ?? 'none', ['none', 'whitelist'], 'header_behavior');
  return behavior === 'none' ? [] : items(block['headers'], 'headers').map((name) => name.toLowerCase());
}

type SetHeader = ResponseHeadersPolicy['set'][number];

export function responseHeadersPolicy(block: Block): ResponseHeadersPolicy {
  const custom = nestedBlock(block.get('custom_headers_config'), ['items'], 'custom_headers_config');
  const removed = nestedBlock(block.get('remove_headers_config'), ['items'], 'remove_headers_config');
  return {
    set: [
      ...securityHeaders(block.get('security_headers_config')),
      ...nestedBlocks(custom?.['items'], ['header', 'value', 'override'], 'items').map((item) => ({
        name: String(item['header']),
        value: String(item['value']),
        override: item['override'] === true,
      })),
    ],
    remove: nestedBlocks(removed?.['items'], ['header'], 'items').map(({ header }) =>
      String(header).toLowerCase(),
    ),
    cors: cors(block.get('cors_config')),
  };
}

/** Each of the security headers: its block, the block's arguments, and the header's value. */
const SECURITY: [name: string, block: string, known: string[], value: (block: Json) => unknown][] = [
  [
    'content-security-policy',
    'content_security_policy',
    ['content_security_policy'],
    (block) => block['content_security_policy'],
  ],
  ['x-content-type-options', 'content_type_options', [], () => 'nosniff'],
  ['x-frame-options', 'frame_options', ['frame_option'], (block) => block['frame_option']],
  ['referrer-policy', 'referrer_policy', ['referrer_policy'], (block) => block['referrer_policy']],
  [
    'strict-transport-security',
    'strict_transport_security',
    ['access_control_max_age_sec', 'include_subdomains', 'preload'],
    (block) =>
      [
        `max-age=${block['access_control_max_age_sec']}`,
        ...(block['include_subdomains'] ? ['includeSubDomains'] : []),
        ...(block['preload'] ? ['preload'] : []),
      ].join('; '),
  ],
  [
    'x-xss-protection',
    'xss_protection',
    ['protection', 'mode_block', 'report_uri'],
    (block) =>
      [
        block['protection'] ? '1' : '0',
        ...(block['mode_block'] ? ['mode=block'] : []),
        ...(block['report_uri'] ? [`report=${block['report_uri']}`] : []),
      ].join('; '),
  ],
];

function securityHeaders(value: unknown): SetHeader[] {
  const all = nestedBlock(
    value,
    SECURITY.map(([, block]) => block),
    'security_headers_config',
  );
  return SECURITY.flatMap(([name, argument, known, write]) => {
    const block = nestedBlock(all?.[argument], [...known, 'override'], argument);
    return block ? [{ name, value: String(write(block)), override: block['override'] === true }] : [];
  });
}

function cors(value: unknown): Cors | undefined {
  const PREFIX = 'access_control_';
  const known = ['origins', 'methods', 'headers'].map((name) => `${PREFIX}allow_${name}`);
  const block = nestedBlock(
    value,
    [
      ...known,
      `${PREFIX}allow_credentials`,
      `${PREFIX}expose_headers`,
      `${PREFIX}max_age_sec`,
      'origin_override',
    ],
    'cors_config',
  );
  if (!block) return undefined;
  const list = (name: string) => items(block[PREFIX + name], PREFIX + name);
  const maxAge = block[`${PREFIX}max_age_sec`];
  return {
    origins: list('allow_origins'),
    methods: list('allow_methods').flatMap((method) => (method === 'ALL' ? EVERY_METHOD : [method])),
    headers: list('allow_headers'),
    expose: list('expose_headers'),
    credentials: block[`${PREFIX}allow_credentials`] === true,
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    override: block['origin_override'] === true,
  };
}

const EVERY_METHOD = ['GET', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
