import path from 'node:path';
import { type Address, openAddress } from '../address';
import { leave, occupy } from '../data-folder';
import { checkTrust } from '../iam/assume';
import { createIamGate, type IamGate } from '../iam/gate';
import { checkLogKeys } from '../kms/check';
import { Principals } from '../principals';
import { parseExisting } from '../stack/existing';
import { loadStack } from '../stack/load';
import type { Stack } from '../stack/model';
import type { EngineOptions } from './options';
import {
  type OpenEndpoint,
  openPublicEndpoints,
  plannedEndpoints,
  replaceAddresses,
} from './public-endpoints';
import type { Shutdown } from './shutdown';

/** What must exist before the first service opens. */
export interface Prepared {
  dataDir: string;
  /** Where the services will answer. */
  address: Address;
  /** Where distributions, APIs and function URLs will answer. */
  publicEndpoints: OpenEndpoint[];
  stack: Stack;
  principals: Principals;
  iam: IamGate;
  log: (line: string) => void;
}

/**
 * Takes the data folder and the ports, reads the stack, and checks what a deploy would refuse.
 *
 * @throws Error when the folder or a port is in use, or when the stack can't run here
 */
export async function prepare(options: EngineOptions, shutdown: Shutdown): Promise<Prepared> {
  const { port, stackFile, account, region, log = console.warn } = options;
  const dataDir = path.resolve(options.dataDir);
  occupy(dataDir, `http://127.0.0.1:${port}`);
  shutdown.on('data folder', () => leave(dataDir));

  const file = typeof stackFile === 'string' ? stackFile : await stackFile();
  // Opened before the stack is read, because queue URLs contain the address.
  const address = await openAddress(port);
  shutdown.on('service endpoint', () => address.close());
  const existing = parseExisting(options.existing ?? {}, 'existing');
  const stack = loadStack(file, { account, region, endpoint: address.url }, existing);
  for (const arn of unknownBoundaries(stack)) log(unknownBoundary(arn));

  const publicEndpoints = await openPublicEndpoints(plannedEndpoints(stack), port);
  shutdown.on('public endpoints', () => Promise.all(publicEndpoints.map((each) => each.close())));
  replaceAddresses(publicEndpoints, stack);

  const principals = new Principals(stack.account, stack.roles);
  const iam = createIamGate(stack);
  await checkTrust(iam, principals, stack);
  await checkLogKeys(iam, principals, stack);
  return { dataDir, address, publicEndpoints, stack, principals, iam, log };
}

/** ARNs of permissions boundaries whose statements nobody has given. */
const unknownBoundaries = ({ roles }: Stack): Set<string> =>
  new Set(roles.flatMap(({ boundary }) => (boundary && !boundary.document ? [boundary.arn] : [])));

const unknownBoundary = (arn: string) =>
  `The permissions boundary ${arn} is not in the stack, so its statements are unknown: what only it would deny is ` +
  'allowed here. Put its document under "policies" of what exists besides the stack';
