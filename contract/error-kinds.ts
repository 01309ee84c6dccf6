/** What the errors of the workflow have in common. */

/** Failures travel through state payloads and email: a longer message is cut here. */
const MAX_MESSAGE = 1024;

/** Step Functions matches on `name`, so each class sets it as a literal. */
export abstract class WorkflowError extends Error {
  abstract override readonly name: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message, options);
  }
}

/** What is wrong lies in the image itself: with the settings as they are, the same bytes fail again. */
export abstract class ImageError extends WorkflowError {}
