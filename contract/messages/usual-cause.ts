/** What usually causes an error whose own message doesn't say it. */

const MEMORY =
  'Usually the picture is too large for the memory of the function. Raise `functions.thumbnail.memoryMb`, if the execution shows that it was Thumbnail. A file that is damaged or hostile can cause it too.';

const CAUSES: Record<string, string> = {
  'Sandbox.Timedout':
    'Usually the function has too little memory, and with it too little CPU, for such a large picture. Raise `functions.thumbnail.memoryMb` first, if the execution shows that it was Thumbnail, and then its `timeoutSeconds`. A file that is damaged or hostile, or a slow service, can cause it too.',
  'Lambda.Unknown': MEMORY,
  'Runtime.ExitError': MEMORY,
  'Runtime.OutOfMemory': MEMORY,
  'States.Timeout': 'Usually Lambda was slow to start the function, or to answer. It goes away by itself.',
};

/** @returns undefined if the message of the error says enough */
export const usualCause = (error: string): string | undefined =>
  Object.hasOwn(CAUSES, error) ? CAUSES[error] : undefined;
