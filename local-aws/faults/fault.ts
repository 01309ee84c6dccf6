/** What a faults file may hold: a list of faults, each on a call of AWS or on a function. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { INVOCATION_FAULTS } from '../lambda';

const odds = {
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
};

const callFault = z
  .strictObject({
    call: z.string().regex(/^[a-z0-9-]+:[A-Z]\w*$/, 'expected an IAM action such as "s3:GetObject"'),
    by: z.string().min(1).optional(),
    fault: z.enum(['error', 'throttle', 'deny', 'missing', 'hang', 'crash']),
    when: z.enum(['before', 'after']).default('before'),
    ...odds,
  })
  .refine(({ fault, when }) => !(fault === 'deny' && when === 'after'), {
    path: ['when'],
    error: 'a call is denied before it takes effect, never after',
  })
  .refine(
    ({ call, fault, when }) => fault !== 'missing' || (call.startsWith('s3:Get') && when === 'before'),
    {
      path: ['fault'],
      error: 'only an object that S3 is asked for can be missing, before the call',
    },
  )
  .refine(({ fault, by }) => fault !== 'crash' || by !== undefined, {
    path: ['by'],
    error: 'a crash needs the name of the function that crashes',
  });

const functionFault = z.strictObject({
  function: z.string().min(1),
  fault: z.enum(INVOCATION_FAULTS),
  ...odds,
});

const either = (list: unknown[], context: z.core.$RefinementCtx) =>
  list.map((item, index) => {
    const isCall = typeof item === 'object' && item !== null && 'call' in item;
    const { data, error } = (isCall ? callFault : functionFault).safeParse(item);
    for (const issue of error?.issues ?? []) {
      context.addIssue({ code: 'custom', message: issue.message, path: [index, ...issue.path] });
    }
    if (data?.times !== undefined && data.probability !== undefined) {
      context.addIssue({
        code: 'custom',
        message: 'expected times or probability, received both',
        path: [index],
      });
    }
    return data as Fault;
  });

const schema = z.array(z.unknown(), 'expected a list of faults').transform(either);

/** A call to AWS that fails: before it takes effect, or afterwards, so that only its answer is lost. */
export type CallFault = z.output<typeof callFault>;

/** An invocation that fails. */
export type FunctionFault = z.output<typeof functionFault>;

export type Fault = CallFault | FunctionFault;

/** A fault as a file or a test writes it. */
export type FaultInput = z.input<typeof callFault> | z.input<typeof functionFault>;

/**
 * @param values what the file holds
 * @param name of the file, for the messages
 * @throws Error with a line for each mistake: where it is, and what was expected
 */
export function parseFaults(values: unknown, name: string): Fault[] {
  const { data, error } = schema.safeParse(values);
  if (data) return data;
  const lines = error.issues.map(({ path, message }) => `${name}${at(path)}: ${message}`);
  throw new Error(lines.join('\n'));
}

const at = (path: PropertyKey[]) =>
  path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');

/** @throws Error when the file can't be read, isn't JSON, or has anything but faults */
export function readFaults(file: string): Fault[] {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Expected a JSON file of faults but can't read ${file}: ${(error as Error).message}`);
  }
  return parseFaults(values, file);
}
