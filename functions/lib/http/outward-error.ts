import { isImageError } from '../../../contract/vocabulary';

/** The name of every error that isn't about the image, for those outside. */
export const INTERNAL = 'InternalError';

/**
 * What may be said of a failure to viewers and callers. What is wrong with an image is theirs to know. Any other error may
 * name roles, buckets and accounts, so it becomes one sentence with an id, by which an operator finds the rest.
 *
 * @param execution ARN of the execution, or Render's name for a request
 */
export function outwardError(
  { name, message }: { name: string; message: string },
  execution: string,
): { name: string; message: string } {
  if (isImageError(name)) return { name, message };
  const id = execution.split(/[:/ ]/).at(-1);
  return {
    name: INTERNAL,
    message: `Processing this image failed, although the image itself may be fine. The operator of this service can find the reason by the id ${id}.`,
  };
}
