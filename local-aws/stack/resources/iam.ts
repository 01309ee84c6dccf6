import { type Get, PARTITION, type Place, type ResourceTypes, same } from './type';

const iamArn = (kind: string) => (get: Get, place: Place) =>
  `arn:${PARTITION}:iam::${place.account}:${kind}${get('path') ?? '/'}${get('name')}`;

export const IAM: ResourceTypes = {
  aws_iam_role: {
    arguments: [
      'name',
      'path',
      'description',
      'assume_role_policy',
      'max_session_duration',
      'permissions_boundary',
    ],
    attributes: { id: same('name'), arn: iamArn('role') },
  },
  aws_iam_role_policy: {
    arguments: ['name', 'role', 'policy'],
    attributes: { id: (get) => `${get('role')}:${get('name')}` },
  },
  aws_iam_policy: {
    arguments: ['name', 'path', 'description', 'policy'],
    attributes: { id: iamArn('policy'), arn: iamArn('policy') },
  },
  aws_iam_role_policy_attachment: { arguments: ['role', 'policy_arn'] },
};
