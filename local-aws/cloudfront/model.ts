/** A CloudFront distribution, every reference resolved. */

export interface Distribution {
  arn: string;
  /** For example `d111111abcdef8.cloudfront.net`. */
  domain: string;
  /** Custom domains that lead to it. */
  aliases: string[];
  /** The object to serve for `/`, without a slash. @default none: the origin gets `/` */
  defaultRootObject?: string;
  origins: Origin[];
  originGroups: OriginGroup[];
  /** The first whose path pattern matches counts. The last one matches every path. */
  behaviors: Behavior[];
  /** The shortest time in seconds that an error is cached, by its status. @default 10 */
  errorTtls: Record<number, number>;
  /** Parts of the stack that have no effect here. */
  skipped: string[];
}

export interface Origin {
  id: string;
  kind: 's3' | 'function-url';
  /** Name of the bucket, or domain of the function URL. */
  name: string;
  /** Prefix of every path; empty, or starting with a slash. */
  path: string;
  /** Added to every request. */
  headers: Record<string, string>;
  /** Whether an origin access control signs the requests. */
  signed: boolean;
  /** Seconds the origin may take to answer. */
  readTimeout: number;
}

/** Two origins: the second is asked if the first answers with one of the statuses. */
export interface OriginGroup {
  id: string;
  members: [first: string, second: string];
  statusCodes: number[];
}

export interface Behavior {
  pathPattern: string;
  /** Id of an origin or of a group. */
  target: string;
  allowedMethods: string[];
  cache: CachePolicy;
  responseHeaders?: ResponseHeadersPolicy;
  /** Only requests that one of these keys has signed are answered. @default every request is */
  trustedKeys?: TrustedKey[];
}

/** A public key whose owner may sign URLs and cookies. */
export interface TrustedKey {
  /** The `Key-Pair-Id` of what it signs. */
  id: string;
  pem: string;
}

/** Which query parameters count. */
export type Selection = { only: string[] } | { allBut: string[] };

export interface CachePolicy {
  /** Seconds. */
  minTtl: number;
  defaultTtl: number;
  maxTtl: number;
  /** These are part of the cache key and reach the origin. Others don't. */
  queryStrings: Selection;
  /** In lower case. They, too, are part of the cache key. */
  headers: string[];
}

export interface ResponseHeadersPolicy {
  /** `override`: replaces the header of the origin. */
  set: { name: string; value: string; override: boolean }[];
  /** In lower case. */
  remove: string[];
  cors?: Cors;
}

export interface Cors {
  /** `*` or origins, which may have a `*` of their own in front of a domain. */
  origins: string[];
  methods: string[];
  headers: string[];
  expose: string[];
  credentials: boolean;
  /** Seconds. */
  maxAge?: number;
  override: boolean;
}
