/** What the endpoints use: thumbnails that people see, variants made on request, uploads by the API. */
import measures from './measures.json';
import type { PricedStack } from './stack';
import { bytesOf, GB, recordBytes, slowdown, sum, variantsOf, workMs } from './work';
import type { Usage, Workload } from './workload';

export function deliveryUsage(stack: PricedStack, workload: Workload): Usage[] {
  if (!stack.delivery) return [];
  const { views } = workload;
  const { variants } = stack.presets[0]!;
  const average = sum(variants.map(bytesOf)) / variants.length;
  const missed = views * (1 - measures.cacheHits.value);
  return [
    { service: 'CloudFront', what: 'requests', price: 'cloudfront.request', quantity: views },
    { service: 'CloudFront', what: 'data', price: 'cloudfront.transfer', quantity: (views * average) / GB },
    { service: 'S3', what: 'reads of the CDN', price: 's3.read', quantity: missed },
    ...renderUsage(stack, workload),
  ];
}

/** A variant on request is made by itself, so the image is decoded again for each of them. */
function renderUsage(stack: PricedStack, workload: Workload): Usage[] {
  const { lazy } = variantsOf(stack);
  const images = workload.images * (1 - workload.failing) * workload.seen;
  const made = images * lazy.length;
  const { s3Reads, recordReads, recordWrites } = measures.renderRequests.value;
  const wait = measures.waitMs.value.thumbnail + measures.renderWaitMs.value;
  const milliseconds = sum(
    lazy.map((variant) => wait + workMs([variant], stack, workload) * slowdown(stack, 'render')),
  );
  const bytes = images * sum(lazy.map(bytesOf)) * workload.monthsKept;
  const units = Math.ceil(recordBytes(stack) / 1024);
  return [
    {
      service: 'Lambda',
      what: 'render',
      price: 'lambda.gbSecond',
      quantity: gbSeconds(stack, 'render', images * milliseconds),
    },
    { service: 'Lambda', what: 'calls of render', price: 'lambda.request', quantity: made },
    { service: 'S3', what: 'renderings written', price: 's3.write', quantity: made },
    { service: 'S3', what: 'originals read again', price: 's3.read', quantity: made * s3Reads },
    { service: 'S3', what: 'renderings', price: 's3.storage', quantity: bytes / GB },
    {
      service: 'DynamoDB',
      what: 'renderings noted',
      price: 'dynamodb.write',
      quantity: made * recordWrites * units,
    },
    { service: 'DynamoDB', what: 'records read', price: 'dynamodb.read', quantity: made * recordReads },
    logs('logs of render', made),
  ];
}

/** Assumes that every image is uploaded by the API, and polled until it is done. */
export function apiUsage(stack: PricedStack, { images }: Workload): Usage[] {
  if (!stack.api) return [];
  const asked = images * measures.polls.value;
  const { 'create-upload': creating, 'get-image': getting } = measures.apiMs.value;
  const milliseconds = (name: 'create-upload' | 'get-image', { wait, cpu }: { wait: number; cpu: number }) =>
    wait + cpu * slowdown(stack, name);
  const work =
    gbSeconds(stack, 'create-upload', images * milliseconds('create-upload', creating)) +
    gbSeconds(stack, 'get-image', asked * milliseconds('get-image', getting));
  return [
    { service: 'API Gateway', what: 'requests', price: 'apiGateway.request', quantity: images + asked },
    { service: 'Lambda', what: 'API', price: 'lambda.gbSecond', quantity: work },
    { service: 'Lambda', what: 'calls of the API', price: 'lambda.request', quantity: images + asked },
    // Each request begins with the random id of its user.
    { service: 'DynamoDB', what: 'users asked for', price: 'dynamodb.read', quantity: images + asked },
    { service: 'DynamoDB', what: 'records asked for', price: 'dynamodb.read', quantity: asked },
    logs('logs of the API', images + asked),
  ];
}

const gbSeconds = ({ memoryMb }: PricedStack, name: string, milliseconds: number) =>
  (milliseconds * (memoryMb[name] ?? 0)) / 1024 / 1000;

const logs = (what: string, invocations: number): Usage => ({
  service: 'CloudWatch',
  what,
  price: 'logs.ingestion',
  quantity: (invocations * measures.functionLogBytes.value) / GB,
});
