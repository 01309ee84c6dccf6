import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';

/** One permission or trust. Its `sid` says what it is for. */
export type Statement = DataAwsIamPolicyDocumentStatement & { sid: string };
