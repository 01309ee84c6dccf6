/** Every error of the workflow: to add one, add its class here. contract/vocabulary.ts lists them by name. */
import { ImageError, WorkflowError } from './error-kinds';

/** An AWS service accepts no more calls for now. It is retried, and after that the event waits in the backlog. */
export class Throttled extends WorkflowError {
  override readonly name = 'Throttled';
}

/** An error that goes away by itself: a 5xx answer, a lost connection. It is retried, and after that a failure. */
export class TransientError extends WorkflowError {
  override readonly name = 'TransientError';
}

/**
 * S3 has no object yet for an event that is only minutes old, and nothing says that it was deleted. It is retried, and after that
 * the event waits in the backlog.
 */
export class NotYetVisible extends WorkflowError {
  override readonly name = 'NotYetVisible';
}

/** S3 has had no object for an event for so long that it isn't waited for any longer, and nothing says that it was deleted. */
export class ObjectNotFound extends WorkflowError {
  override readonly name = 'ObjectNotFound';
}

/** A newer version of the object, or its deletion, has overtaken this event. Not a failure. */
export class Superseded extends WorkflowError {
  override readonly name = 'Superseded';
}

/** The execution's input is not an S3 object event that the workflow can process. */
export class InvalidEvent extends WorkflowError {
  override readonly name = 'InvalidEvent';
}

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

/** An event has waited in the backlog for a day, and there was never enough capacity for it. */
export class CapacityExhausted extends WorkflowError {
  override readonly name = 'CapacityExhausted';
}
