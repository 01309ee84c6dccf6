/** What `npm start` prints about the public endpoints of a stack: where they are, and how to call them. */

import { statSync } from 'node:fs';
import path from 'node:path';
import { type Engine, type PublicEndpoint, USER_CREDENTIALS } from '../../local-aws';
import { PROJECT } from '../lib/synthesize';
import { type Page, servePage } from './page-server';
import { SAMPLE } from './sample';

/** The user whose token is printed. */
const USER = 'ana';

/** How long a token is valid: half a day, in seconds. */
const DAY = 12 * 3600;

const PAGE = path.join(PROJECT, 'examples', 'upload-page');

/**
 * Serves the upload page, if users sign in with tokens. CORS allows its origin for as long as the engine runs.
 *
 * @param enginePort the page comes after the public endpoints, which come after the engine; 0 for any port that is free
 * @returns undefined when the stack has no API, or one whose callers sign their requests
 */
export async function openUploadPage(engine: Engine, enginePort: number): Promise<Page | undefined> {
  const api = endpointsOf(engine, 'api')[0];
  if (!api || !hasTokens(engine)) return undefined;
  const page = await servePage({
    folder: PAGE,
    port: enginePort === 0 ? 0 : enginePort + 1 + engine.publicEndpoints.length,
    config: { api: api.url, token: await engine.token({ sub: USER, expiresIn: DAY }) },
  });
  engine.allowOrigin(page.url);
  return page;
}

/** The port after all others; 0 for any that is free. */
export const consolePort = (engine: Engine, enginePort: number, page: Page | undefined): number =>
  enginePort === 0 ? 0 : enginePort + 1 + engine.publicEndpoints.length + (page ? 1 : 0);

/** @returns empty when the stack has none */
export async function describeEndpoints(engine: Engine, page: Page | undefined): Promise<string> {
  const signed =
    engine.stack.outputs['delivery_viewers'] === 'signed'
      ? '\nIt answers only URLs that are signed. Until the private key is in the SSM of this engine, the API answers 500 for finished images: docs/delivery.md, "Private thumbnails".\n'
      : '';
  const cdn = endpointsOf(engine, 'cdn').map(
    ({ url }) => `The CDN, where thumbnails are delivered:\n\n  ${url}\n${signed}`,
  );
  const apis = await Promise.all(endpointsOf(engine, 'api').map(({ url }) => describeApi(engine, url)));
  const pages = page
    ? [
        `A page for uploading pictures. For this run CORS allows it, whatever origins the settings allow:\n\n  ${page.url}\n`,
      ]
    : [];
  return [...cdn, ...apis, ...pages].join('\n');
}

async function describeApi(engine: Engine, url: string): Promise<string> {
  const body = JSON.stringify({
    fileName: path.basename(SAMPLE),
    contentType: 'image/jpeg',
    size: statSync(SAMPLE).size,
  });
  const lines = (authorization: string) =>
    `  curl ${authorization} -d '${body}' -H 'content-type: application/json' ${url}/uploads
  curl ${authorization} ${url}/images/<id of the answer>`;
  if (hasTokens(engine)) {
    const token = await engine.token({ sub: USER, expiresIn: DAY });
    return `The upload API is ${url}. To have an upload signed, and to see what became of it, as the user "${USER}":

  TOKEN=${token}
${lines('-H "authorization: Bearer $TOKEN"')}
`;
  }
  const { accessKeyId, secretAccessKey } = USER_CREDENTIALS;
  const signing = `--aws-sigv4 aws:amz:${engine.stack.region}:execute-api --user ${accessKeyId}:${secretAccessKey}`;
  return `The upload API is ${url}. Its callers sign their requests. To have an upload signed, and to see what became of it:

${lines(signing)}
`;
}

const endpointsOf = ({ publicEndpoints }: Engine, kind: PublicEndpoint['kind']) =>
  publicEndpoints.filter((each) => each.kind === kind);

const hasTokens = ({ stack }: Engine) =>
  stack.apis.some(({ routes }) => routes.some(({ authorization }) => authorization.type === 'JWT'));
