/** A CloudFront distribution, with everything the stack says of it resolved. */

export interface Distribution {
  arn: string;
  /** For example `d111111abcdef8.cloudfront.net`. */
  domain: string;
  /** Domains of one's own that lead to it. */
  aliases: string[];
  /** What `/` stands for, without a slash. @default nothing: the origin is asked for `/` */
  defaultRootObject?: string;
  origins: Origin[];
  originGroups: OriginGroup[];
  /** The first whose path pattern fits counts. The last one fits every path. */
  behaviors: Behavior[];
  /** Seconds an error is kept at least, by its status. @default 10 */
  errorTtls: Record<number, number>;
  /** What the stack asks for and has no effect here. */
  skipped: string[];
}

export interface Origin {
  id: string;
  kind: 's3' | 'function-url';
  /** Name of the bucket, or domain of the function URL. */
  name: string;
  /** Stands before every path; empty, or with a slash in front. */
  path: string;
  /** Added to every request. */
  headers: Record<string, string>;
  /** Whether requests are signed in the name of CloudFront, by an origin access control. */
  signed: boolean;
  /** Seconds the origin may take to answer. */
  readTimeout: number;
}

/** Two origins: the second is asked where the first answers with one of the statuses. */
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
}

/** Which query parameters count. */
export type Selection = { only: string[] } | { allBut: string[] };

export interface CachePolicy {
  /** Seconds. */
  minTtl: number;
  defaultTtl: number;
  maxTtl: number;
  /** Part of the cache key, and passed on to the origin. Others are not. */
  queryStrings: Selection;
  /** In lower case. The same goes for them. */
  headers: string[];
}

export interface ResponseHeadersPolicy {
  /** `override`: also where the origin has the header. */
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
