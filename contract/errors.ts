/**
 * The error vocabulary. Step Functions matches on `name`, so each class sets it as a literal. The same names stand in
 * the record, in the tags of the quarantined object and in the message to the errors topic.
 */

/** Failures travel through state payloads and email: a longer message is cut here. */
const MAX_MESSAGE = 1024;

abstract class WorkflowError extends Error {
  abstract override readonly name: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message, options);
  }
}

/** A service of AWS takes no more calls for now. It is retried, and after that the event waits in the backlog. */
export class Throttled extends WorkflowError {
  override readonly name = 'Throttled';
}

/** A fault that passes by itself: a 5xx answer, a lost connection. It is retried, and after that a failure. */
export class TransientError extends WorkflowError {
  override readonly name = 'TransientError';
}

/** A newer version of the object, or its deletion, has overtaken this event. Not a failure. */
export class Superseded extends WorkflowError {
  override readonly name = 'Superseded';
}

/** The bytes are of a format that is not accepted. */
export class UnsupportedFormat extends WorkflowError {
  override readonly name = 'UnsupportedFormat';
}

/** More bytes, pixels, side or frames than the settings allow. */
export class ImageTooLarge extends WorkflowError {
  override readonly name = 'ImageTooLarge';
}

/** The bytes start like an image and cannot be decoded. */
export class CorruptImage extends WorkflowError {
  override readonly name = 'CorruptImage';
}

/** Built to burn time or memory: thousands of scans, chunks, or directories that point at each other. */
export class SuspiciousImage extends WorkflowError {
  override readonly name = 'SuspiciousImage';
}

/** An object of zero bytes. */
export class EmptyObject extends WorkflowError {
  override readonly name = 'EmptyObject';
}

/** The execution's input is not an S3 object event this workflow can act on. */
export class InvalidEvent extends WorkflowError {
  override readonly name = 'InvalidEvent';
}
