/** Where viewers need signed URLs, the API gives them to the owner of an image, and nobody else gets anything at the CDN. */
import { setTimeout as sleep } from 'node:timers/promises';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { mailOf } from '../../cli/console/mail';
import { DeployedStack } from '../../cli/console/stack';
import { deployedHint } from '../../cli/lib/hint';
import { connectTo } from '../../cli/lib/session';
import example from '../../examples/delivery.settings.json';
import { readHistory } from '../../local-aws/history';
import { picture } from '../fixtures/images';
import { keyPair } from '../fixtures/key-pair';
import { inOrder } from './in-order';
import { type Signed, sendUpload } from './send-upload';
import { Workflow } from './workflow';

const PARAMETER = '/team/viewers-key';
const { publicKey, privateKey } = keyPair();
const stranger = keyPair();

const SETTINGS = {
  ...example,
  notifications: { processed: ['team@example.com'] },
  delivery: {
    enabled: true,
    viewers: 'signed',
    signing: { publicKeys: [publicKey], privateKeyParameter: PARAMETER },
  },
};

interface Answer {
  status: string;
  thumbnails: { variant: string; url: string; onRequest?: true }[];
  srcset: string;
}

let workflow: Workflow;
let api: string;
let ana: string;

beforeAll(async () => {
  workflow = await Workflow.start({
    settings: SETTINGS,
    existing: { parameters: { [PARAMETER]: { value: privateKey } } },
    waitScale: 0.01,
    log: () => {},
  });
  api = String(workflow.stack.outputs['upload_api_url']);
  ana = await workflow.token('ana');
});
afterAll(() => workflow?.end());
afterEach(() => {
  // CloudFront may not list the bucket, so S3 answers 403 for a missing object.
  const denied = workflow.permissions.denied.filter(({ action }) => action !== 's3:ListBucket');
  expect(denied).toEqual([]);
});

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${api}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${ana}`, ...(init.headers as object) },
  });

async function upload(): Promise<string> {
  const photo = await picture({ width: 800, height: 600 });
  const asked = await call('/uploads', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fileName: 'canyon.jpg', contentType: 'image/jpeg', size: photo.length }),
  });
  const form = (await asked.json()) as { status: string; upload: Signed };
  expect((await sendUpload(form.upload, photo)).ok).toBe(true);
  return form.status;
}

async function shown(url: string) {
  const answer = await fetch(url);
  return { status: answer.status, cache: answer.headers.get('x-cache'), body: await answer.text() };
}

const without = (url: string) => url.replace(/&Expires=.*/, '');

describe('an image whose viewers need signed URLs', () => {
  const step = inOrder();
  let status: string;
  let small: string;
  let large: string;

  step('has signed URLs in the answer to its owner, the same in each answer', async () => {
    status = await upload();
    let answer: Response;
    let image: Answer;
    do {
      await sleep(20);
      answer = await call(status);
      image = (await answer.json()) as Answer;
    } while (!answer.ok || image.status === 'PROCESSING');
    const urlOf = (name: string) => image.thumbnails.find(({ variant }) => variant === name)!.url;
    [small, large] = [urlOf('small'), urlOf('large')];
    expect(small).toMatch(/small\.jpg\?v=\w+&Expires=\d+&Key-Pair-Id=K\w+&Signature=[\w~-]+$/);
    expect(image.srcset).toBe(`${small} 320w, ${large} 800w`);
    const again = await call(status, { headers: { 'if-none-match': answer.headers.get('etag')! } });
    // At the end of half a lifetime all URLs change.
    expect([200, 304]).toContain(again.status);
    if (again.status === 200) expect(((await again.json()) as Answer).srcset).not.toBe(image.srcset);
  });

  step('is shown to nobody else, and no function is started for them', async () => {
    const keyPairId = /Key-Pair-Id=(\w+)/.exec(large)![1]!;
    const sign = (key: string, seconds: number) =>
      getSignedUrl({
        url: without(large),
        keyPairId,
        privateKey: key,
        dateLessThan: new Date(Date.now() + seconds * 1_000),
      });
    const altered = large.replace('large.jpg', 'small.jpg');
    const refusals = {
      unsigned: await shown(without(large)),
      expired: await shown(sign(privateKey, -1)),
      'by a stranger': await shown(sign(stranger.privateKey, 60)),
      altered: await shown(altered),
      'with a later end': await shown(
        large.replace(/Expires=(\d+)/, (_, end) => `Expires=${Number(end) + 1}`),
      ),
      'unsigned, of a variant that is there': await shown(without(small)),
    };
    const codes = Object.entries(refusals).map(([what, { status, body }]) => [
      what,
      status,
      /<Code>(\w+)/.exec(body)?.[1],
    ]);
    expect(codes).toEqual([
      ['unsigned', 403, 'MissingKey'],
      ['expired', 403, 'AccessDenied'],
      ['by a stranger', 403, 'AccessDenied'],
      ['altered', 403, 'AccessDenied'],
      ['with a later end', 403, 'AccessDenied'],
      ['unsigned, of a variant that is there', 403, 'MissingKey'],
    ]);
    expect(await workflow.invocations('render')).toBe(0);
  });

  step('is shown to its owner: a refusal filled no cache', async () => {
    expect(await shown(small)).toMatchObject({ status: 200, cache: 'Miss from cloudfront' });
    expect(await shown(large)).toMatchObject({ status: 200, cache: 'Miss from cloudfront' });
    expect(await workflow.invocations('render')).toBe(1);
    expect(await shown(large)).toMatchObject({ status: 200, cache: 'Hit from cloudfront' });
    expect((await shown(without(large))).status).toBe(403);
  });

  step('has URLs without a signature in its message: whoever reads it has to sign them', async () => {
    await workflow.idle();
    const [message] = (await workflow.told('processed')) as unknown as Answer[];
    expect(message!.thumbnails.map(({ url }) => url)).toEqual([without(small)]);
  });

  step('has a mail that links to S3, and the console words the same one', async () => {
    const [mail] = await workflow.mail();
    expect(mail!.text).toMatch(/ {4}s3:\/\/\S+\/small\.jpg\n/);
    expect(mail!.text).not.toContain(without(small));
    const { executionArn } = workflow.ended.at(-1)!;
    const stack = new DeployedStack({
      outputs: workflow.stack.outputs as Record<string, string>,
      connect: connectTo(workflow),
      hint: deployedHint,
      close: async () => {},
    });
    const worded = mailOf(executionArn, readHistory(workflow.dataDir, executionArn), stack.opensUrls);
    expect(worded).toEqual({ value: { subject: mail!.subject, text: expect.any(String) } });
    const text = 'value' in worded ? worded.value.text : '';
    expect(mail!.text.split('\n--\n')[0]?.trim()).toBe(text.trim());
  });
});
