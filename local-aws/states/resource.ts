/** What the `Resource` of a Task means. */

export type TaskResource =
  /** A function named by its ARN: the state's input is the payload, and the function's answer is the result. */
  | { kind: 'function'; arn: string }
  /** An optimized integration: the state's input is the request of one AWS action. */
  | {
      kind: 'integration';
      service: 'lambda' | 'sns' | 'sqs' | 'events';
      action: 'invoke' | 'publish' | 'sendMessage' | 'putEvents';
    };

const INTEGRATIONS: Record<string, Extract<TaskResource, { kind: 'integration' }>> = {
  'arn:aws:states:::lambda:invoke': { kind: 'integration', service: 'lambda', action: 'invoke' },
  'arn:aws:states:::sns:publish': { kind: 'integration', service: 'sns', action: 'publish' },
  'arn:aws:states:::sqs:sendMessage': { kind: 'integration', service: 'sqs', action: 'sendMessage' },
  'arn:aws:states:::events:putEvents': { kind: 'integration', service: 'events', action: 'putEvents' },
};

/** @throws Error for a resource that doesn't run locally, including callbacks and `.sync` */
export function parseResource(resource: string): TaskResource {
  if (/^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(resource))
    return { kind: 'function', arn: resource };
  const integration = INTEGRATIONS[resource];
  if (!integration) {
    throw new Error(
      `Expected the ARN of a Lambda function or one of ${Object.keys(INTEGRATIONS).join(', ')} for Resource but received ${resource}`,
    );
  }
  return integration;
}
