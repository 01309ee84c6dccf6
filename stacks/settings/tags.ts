/** Tags that every service of the stack accepts. */
import type { z } from 'zod';

/** IAM, S3, KMS, Lambda, SNS, SQS, DynamoDB, Step Functions, EventBridge, CloudWatch, CloudFront and API Gateway alike. */
const MOST_TAGS = 50;

/**
 * Each key is unique whatever its letter case: IAM refuses a role with both `Team` and `team`.
 * docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function tagsAreTaken(tags: Record<string, string>, context: z.RefinementCtx): void {
  const names = Object.keys(tags);
  const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (names.length > MOST_TAGS) {
    issue(
      [],
      `expected at most ${MOST_TAGS} tags, received ${names.length}: AWS takes no more on one resource`,
    );
  }
  names.forEach((name, index) => {
    const first = names.find((other) => other.toLowerCase() === name.toLowerCase())!;
    if (names.indexOf(first) < index) {
      issue(
        [name],
        `expected names that differ in more than letter case, received "${name}" beside "${first}": IAM takes them for the same tag and refuses the role; remove one`,
      );
    }
  });
}
