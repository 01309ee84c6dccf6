import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';

/** A statement of a policy. Its `sid` says what it is for. */
export type Statement = DataAwsIamPolicyDocumentStatement & { sid: string };
