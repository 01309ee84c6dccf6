/**
 * What the engine knows about each Terraform type: the arguments it understands and the attributes that AWS would
 * assign. Everything else is refused by name, so that no part of a stack is silently ignored.
 */

import { API_GATEWAY } from './api-gateway';
import { CLOUDFRONT } from './cloudfront';
import { CLOUDWATCH } from './cloudwatch';
import { DYNAMODB } from './dynamodb';
import { EVENTS } from './events';
import { IAM } from './iam';
import { KMS } from './kms';
import { LAMBDA } from './lambda';
import { MESSAGES } from './messages';
import { S3 } from './s3';
import { STATES } from './states';
import type { ResourceTypes } from './type';

export { DATA_SOURCES } from './data-sources';
export type { Get, Place, ResourceType } from './type';

/** Arguments that every type has because Terraform defines them; they change nothing here. */
export const META_ARGUMENTS = ['depends_on', 'lifecycle', 'tags', 'tags_all', 'region'];

export const RESOURCES: ResourceTypes = {
  ...S3,
  ...LAMBDA,
  ...KMS,
  ...IAM,
  ...DYNAMODB,
  ...MESSAGES,
  ...STATES,
  ...EVENTS,
  ...CLOUDWATCH,
  ...CLOUDFRONT,
  ...API_GATEWAY,
};
