/**
 * Replaces what a client of DynamoDB remembers discovered endpoints with, and the two packages of lists that it needs. No
 * operation discovers endpoints any more; test/bundling/endpoint-cache.test.ts fails if one does.
 */
const unused = () => {
  throw new Error(
    'Discovered endpoints are not part of the bundles: to use this operation, remove endpoint-cache from bundling/compile.ts.',
  );
};

export class EndpointCache {
  getEndpoint = unused;
  get = unused;
  set = unused;
  delete = unused;
  has = unused;
  clear = unused;
}
