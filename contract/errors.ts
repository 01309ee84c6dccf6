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

/** An AWS service accepts no more calls for now. It is retried, and after that the event waits in the backlog. */
export class Throttled extends WorkflowError {
  override readonly name = 'Throttled';
}

/** An error that goes away by itself: a 5xx answer, a lost connection. It is retried, and after that a failure. */
export class TransientError extends WorkflowError {
  override readonly name = 'TransientError';
}

/** A newer version of the object, or its deletion, has overtaken this event. Not a failure. */
export class Superseded extends WorkflowError {
  override readonly name = 'Superseded';
}

/** The execution's input is not an S3 object event that the workflow can process. */
export class InvalidEvent extends WorkflowError {
  override readonly name = 'InvalidEvent';
}

/** What is wrong lies in the image itself: with the settings as they are, the same bytes fail again. */
export abstract class ImageError extends WorkflowError {}

/** The bytes are of a format that is not accepted. */
export class UnsupportedFormat extends ImageError {
  override readonly name = 'UnsupportedFormat';
}

/** More bytes, pixels, frames or a longer side than the settings allow. */
export class ImageTooLarge extends ImageError {
  override readonly name = 'ImageTooLarge';
}

/** The bytes start like an image and cannot be decoded. */
export class CorruptImage extends ImageError {
  override readonly name = 'CorruptImage';
}

/** Built to burn time or memory: thousands of scans or chunks, or directories that point at each other. */
export class SuspiciousImage extends ImageError {
  override readonly name = 'SuspiciousImage';
}

/** An object of zero bytes. */
export class EmptyObject extends ImageError {
  override readonly name = 'EmptyObject';
}

/** A function answered without something that later states read. */
export class InvalidAnswer extends WorkflowError {
  override readonly name = 'InvalidAnswer';
}

/** Every error of the vocabulary by its name. */
export const ERRORS = {
  Throttled,
  TransientError,
  Superseded,
  InvalidEvent,
  InvalidAnswer,
  UnsupportedFormat,
  ImageTooLarge,
  CorruptImage,
  SuspiciousImage,
  EmptyObject,
} as const;

/** @returns whether what is wrong lies in the image itself, by the name of the error */
export function isImageError(name: string): boolean {
  const found = Object.entries(ERRORS).find(([known]) => known === name);
  return found?.[1].prototype instanceof ImageError;
}
