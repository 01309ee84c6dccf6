/** What all parts of the engine share: callers, permissions and errors. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Who calls: the user of the engine, the role of a function, or a service of AWS. */
export interface Principal {
  /** ARN of the user or role, or name of the service, for example `events.amazonaws.com`. */
  arn: string;
  /** For a service: ARN of the resource it acts for. */
  source?: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** One call of one AWS action, as IAM sees it. */
export interface Call {
  principal: Principal;
  /** IAM action, for example `s3:GetObjectVersion`. */
  action: string;
  /** ARN of the resource the action is on. */
  resource: string;
  /** IAM condition keys of the call, for example `s3:prefix`. */
  context?: Record<string, string>;
}

/**
 * Asked once for each action that a service is about to perform. Resolves if the call may go on; rejects with an {@link
 * AwsError} if it is denied or a fault is injected.
 */
export type Gate = (call: Call) => Promise<void>;

/** An error as AWS reports it: `code` and HTTP `status` are those of the real service. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Further fields of the service's error document. */
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** A service whose requests are small documents, in JSON or as a form. */
export interface DocumentService {
  /** Answers a request that is authenticated and read. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    body: Buffer,
  ): Promise<void>;
}
