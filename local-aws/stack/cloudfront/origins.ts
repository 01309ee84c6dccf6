/** Where a distribution gets its content from. */

import type { Origin, OriginGroup } from '../../cloudfront/model';
import { text } from '../arguments';
import type { Block } from '../block';
import type { Stack } from '../model';
import { type Json, nestedBlock, nestedBlocks, oneOf } from '../nested';

/** What may be an origin. */
export type Sources = Pick<Stack, 'buckets' | 'functionUrls' | 'region'>;

/** Which kind of origin an `aws_cloudfront_origin_access_control` is for, and whether it signs. */
export interface AccessControl {
  id: string;
  kind: Origin['kind'];
  signs: boolean;
}

const KINDS = { s3: 's3', lambda: 'function-url' } as const;

export function accessControl(block: Block): AccessControl {
  const type = oneOf(
    block.get('origin_access_control_origin_type'),
    ['s3', 'lambda'],
    'origin_access_control_origin_type',
  );
  oneOf(block.get('signing_protocol'), ['sigv4'], 'signing_protocol');
  const behavior = oneOf(block.get('signing_behavior'), ['always', 'never'], 'signing_behavior');
  return { id: text(block, 'id'), kind: KINDS[type], signs: behavior === 'always' };
}

/** Default response timeout of an origin in seconds: the same guide, "Response timeout". */
const READ_TIMEOUT = 30;

/** These say how CloudFront reaches an origin over the Internet; here the origin is on 127.0.0.1. */
const CONNECTION = ['connection_attempts', 'connection_timeout', 'origin_shield'];

export function origins(value: unknown, sources: Sources, controls: AccessControl[]): Origin[] {
  const known = [
    'origin_id',
    'domain_name',
    'origin_path',
    'origin_access_control_id',
    'custom_header',
    'custom_origin_config',
    's3_origin_config',
    ...CONNECTION,
  ];
  return nestedBlocks(value, known, 'origin').map((block) => {
    const source = sourceOf(String(block['domain_name']), sources);
    const control = block['origin_access_control_id'];
    const access = controls.find(({ id }) => id === control);
    if (control && access?.kind !== source.kind) {
      throw new Error(
        `Expected an origin access control for ${source.kind === 's3' ? 's3' : 'lambda'} of the stack ` +
          `for ${block['domain_name']} but received ${JSON.stringify(control)}`,
      );
    }
    const custom = nestedBlock(block['custom_origin_config'], CUSTOM, 'custom_origin_config');
    if ((source.kind === 'function-url') !== (custom !== undefined)) {
      throw new Error(
        `Expected custom_origin_config for a function URL, and only there, but received another for ${block['domain_name']}`,
      );
    }
    refuseOriginAccessIdentity(block);
    const headers = nestedBlocks(block['custom_header'], ['name', 'value'], 'custom_header');
    return {
      id: String(block['origin_id']),
      ...source,
      path: String(block['origin_path'] ?? ''),
      headers: Object.fromEntries(
        headers.map(({ name, value }) => [String(name).toLowerCase(), String(value)]),
      ),
      signed: access?.signs ?? false,
      readTimeout: Number(custom?.['origin_read_timeout'] ?? READ_TIMEOUT),
    };
  });
}

const CUSTOM = [
  'http_port',
  'https_port',
  'origin_protocol_policy',
  'origin_ssl_protocols',
  'origin_keepalive_timeout',
  'origin_read_timeout',
];

function refuseOriginAccessIdentity(block: Json): void {
  const config = nestedBlock(block['s3_origin_config'], ['origin_access_identity'], 's3_origin_config');
  const identity = config?.['origin_access_identity'] ?? '';
  if (identity !== '') {
    throw new Error(`Expected an origin access control but received the origin access identity ${identity}`);
  }
}

function sourceOf(domain: string, { buckets, functionUrls, region }: Sources): Pick<Origin, 'kind' | 'name'> {
  const bucket = buckets.find(({ name }) =>
    [`${name}.s3.${region}.amazonaws.com`, `${name}.s3.amazonaws.com`].includes(domain),
  );
  if (bucket) return { kind: 's3', name: bucket.name };
  if (functionUrls.some((url) => url.domain === domain)) return { kind: 'function-url', name: domain };
  throw new Error(`Expected a bucket or function URL of the stack for domain_name but received ${domain}`);
}

export function originGroups(value: unknown, all: Origin[]): OriginGroup[] {
  return nestedBlocks(value, ['origin_id', 'failover_criteria', 'member'], 'origin_group').map((block) => {
    const criteria = nestedBlock(block['failover_criteria'], ['status_codes'], 'failover_criteria');
    const members = nestedBlocks(block['member'], ['origin_id'], 'member').map((each) =>
      String(each['origin_id']),
    );
    const [first, second] = members;
    if (members.length !== 2 || !members.every((id) => all.some((origin) => origin.id === id))) {
      throw new Error(`Expected two origins for member but received ${JSON.stringify(members)}`);
    }
    return {
      id: String(block['origin_id']),
      members: [first!, second!],
      statusCodes: ((criteria?.['status_codes'] ?? []) as unknown[]).map(Number),
    };
  });
}
