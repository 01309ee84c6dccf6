import { Sha256 } from '@aws-crypto/sha256-js';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Call, Gate } from '../../../local-aws/service';
import { picture } from '../../fixtures/images';
import { SETTINGS } from '../../fixtures/settings';
import { inOrder } from '../in-order';
import { keyOf, type Signed, sendUpload } from '../send-upload';
import { Workflow } from '../workflow';
import { grantLine } from './situations';
import { purge } from './support';

/**
 * The roles behind the public endpoints, and the services in front of them. The other roles are tested in
 * least-privilege.slow.test.ts.
 */
const ANSWERS = /-(render|create-upload|get-image)-/;
const IN_FRONT = ['apigateway.amazonaws.com', 'cloudfront.amazonaws.com'];

interface Offer {
  key: string;
  url: string;
}

/**
 * Every grant behind the endpoints is needed, and everything that is needed is granted.
 *
 * @param name of a file in test/fixtures/settings
 * @param unneeded what is granted all the same, as `grantLine` writes it
 */
export function testEndpointGrants(name: string, unneeded: unknown[] = []): void {
  const settings = SETTINGS[name] as { uploadApi: { jwt?: object } };
  let workflow: Workflow;

  /** Happens just before Render writes the next thumbnail. */
  let interruption: (() => Promise<unknown>) | undefined;
  const step = inOrder(() => {
    interruption = undefined;
  });

  const gate: Gate = async ({ principal, action }: Call) => {
    if (action !== 's3:PutObject' || !principal.arn.includes('-render-')) return;
    const interrupt = interruption;
    interruption = undefined;
    await interrupt?.();
  };

  beforeAll(async () => {
    workflow = await Workflow.start({ settings, gate, waitScale: 0.01, log: () => {} });
  });
  afterAll(() => workflow?.end());

  /** Another version in the URL is another cache key, so the origins are asked again. */
  const pastTheCache = (url: string) => `${url}0`;

  const statusOf = async (url: string) => (await fetch(url)).status;

  /** The image's variant that is made on request. */
  async function offered(key: string): Promise<Offer> {
    await workflow.process(key, await picture());
    const [offer] = (await workflow.record(key))['onRequest'] as [Offer];
    return offer;
  }

  function forget(key: string) {
    const id = { S: `${workflow.bucket('uploads')}/${key}` };
    const TableName = workflow.stack.outputs['records_table'] as string;
    return new DynamoDBClient(workflow.client()).send(new DeleteItemCommand({ TableName, Key: { id } }));
  }

  /** Calls the API with a token or a signature, whichever its routes require. */
  async function call(path: string, content?: object): Promise<Response> {
    const url = new URL(`${workflow.stack.outputs['upload_api_url']}${path}`);
    const method = content ? 'POST' : 'GET';
    const body = content && JSON.stringify(content);
    const plain = { 'content-type': 'application/json', host: url.host };
    if (settings.uploadApi.jwt) {
      const authorization = `Bearer ${await workflow.token('ana')}`;
      return fetch(url, { method, headers: { ...plain, authorization }, body });
    }
    const { region, credentials } = workflow.client();
    const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
    const { protocol, hostname, port, pathname } = url;
    const target = { protocol, hostname, port: Number(port), path: pathname };
    const { headers } = await signer.sign({ ...target, method, headers: plain, body });
    return fetch(url, { method, headers, body });
  }

  describe('a variant on request', () => {
    step('is made and stored, and is still there when caches no longer hold it', async () => {
      const { url } = await offered('uploads/photo.jpg');
      expect([await statusOf(url), await statusOf(pastTheCache(url))]).toEqual([200, 200]);
    });

    step('is made again if someone has removed it', async () => {
      const { key, url } = await offered('uploads/tidied.jpg');
      expect(await statusOf(url)).toBe(200);
      await purge(workflow, 'thumbnails', key);
      expect(await statusOf(pastTheCache(url))).toBe(200);
    });

    step('is made of an original without a record', async () => {
      const { url } = await offered('uploads/old.jpg');
      await forget('uploads/old.jpg');
      expect(await statusOf(url)).toBe(200);
    });

    step('is removed again if its original was deleted in the meantime', async () => {
      const { key, url } = await offered('uploads/deleted.jpg');
      interruption = async () => {
        await workflow.remove('uploads/deleted.jpg');
        await workflow.idle();
      };
      expect(await statusOf(url)).toBe(404);
      expect(await workflow.keys('thumbnails')).not.toContain(key);
    });

    step(
      'fails for good if its original is no image: recorded, kept and told by the workflow, and cached',
      async () => {
        const { url } = await offered('uploads/picture.jpg');
        await workflow.process('uploads/text.jpg', 'just text');
        await forget('uploads/text.jpg');
        const mails = (await workflow.mail()).length;
        const ask = () => fetch(url.replace('picture', 'text'));
        const answer = await ask();
        expect(answer.status).toBe(404);
        expect(await answer.json()).toMatchObject({ error: 'UnsupportedFormat' });
        const invocations = await workflow.invocations('render');
        expect(invocations).toBeGreaterThan(0);
        expect((await ask()).status).toBe(404);
        expect(await workflow.invocations('render')).toBe(invocations);
        await workflow.idle();
        expect(await workflow.record('uploads/text.jpg')).toMatchObject({
          status: 'FAILED',
          error: { name: 'UnsupportedFormat' },
          quarantine: { key: 'uploads/text.jpg' },
        });
        expect(await workflow.mail()).toHaveLength(mails + 1);
      },
    );

    step('is not found if its original never existed', async () => {
      const { url } = await offered('uploads/here.jpg');
      expect(await statusOf(url.replace('here', 'nowhere'))).toBe(404);
    });
  });

  step('an upload can be polled before and after', async () => {
    const photo = await picture();
    const asked = await call('/uploads', {
      fileName: 'photo.jpg',
      contentType: 'image/jpeg',
      size: photo.length,
    });
    expect(asked.status).toBe(201);
    const { upload, status } = (await asked.json()) as { upload: Signed; status: string };
    expect((await call(status)).status).toBe(404);

    expect((await sendUpload(upload, photo)).ok).toBe(true);
    await workflow.idle();
    expect(await (await call(status)).json()).toMatchObject({ status: 'DONE' });
    // Until its event arrives, only the object itself shows that it was uploaded.
    await forget(keyOf(upload));
    expect(await (await call(status)).json()).toMatchObject({ status: 'PROCESSING' });
  });

  step('no permission was missing, except that CloudFront may not list the bucket', () => {
    // Without that permission, S3 answers 403 for a missing object, and CloudFront then asks Render.
    const told = workflow.permissions.denied.map(({ principal, action }) => [principal, action]);
    expect(told).toEqual([['cloudfront.amazonaws.com', 's3:ListBucket']]);
  });

  step('every permission was needed', () => {
    const grants = workflow.permissions.unneeded.filter(
      ({ holder, principal = '' }) => ANSWERS.test(holder) || IN_FRONT.includes(principal),
    );
    expect(grants.map(grantLine)).toEqual(unneeded);
  });
}
