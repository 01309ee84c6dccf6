/** The names of all errors. They are the same in the record, in the tags of the quarantined object and in the messages. */
import { ImageError } from './error-kinds';
import * as classes from './errors';

/** Every error class by its name: whatever contract/errors.ts exports. */
export const ERRORS = { ...classes };

/** @returns whether what is wrong lies in the image itself, by the name of the error */
export const isImageError = (name: string): boolean =>
  Object.entries(ERRORS).some(([known, { prototype }]) => known === name && prototype instanceof ImageError);
