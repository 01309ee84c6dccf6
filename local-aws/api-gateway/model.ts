/** An HTTP API of API Gateway with its stage, every reference resolved. */

export interface HttpApi {
  id: string;
  name: string;
  /** Without stage and route: `arn:aws:execute-api:<region>:<account>:<id>`. */
  executionArn: string;
  /** For example `<id>.execute-api.eu-west-1.amazonaws.com`. */
  domain: string;
  stage: string;
  /** @default pages of other origins may not call it */
  cors?: HttpCors;
  routes: Route[];
  /** Parts of the stack that a port on 127.0.0.1 doesn't have. */
  skipped: string[];
}

/** The API answers these headers; those of functions are dropped. */
export interface HttpCors {
  origins: string[];
  methods: string[];
  headers: string[];
  expose: string[];
  credentials: boolean;
  /** Seconds. */
  maxAge?: number;
}

export interface Route {
  /** For example `GET /orders/{id}`. */
  key: string;
  /** `ANY` for each. */
  method: string;
  /** For example `/orders/{id}`. */
  path: string;
  authorization: Authorization;
  /** ARN of the function for permissions: with a version only if the integration has one. */
  functionArn: string;
  /** What is invoked. */
  versionArn: string;
  timeoutMs: number;
  throttle?: Throttle;
}

export type Authorization = { type: 'NONE' } | { type: 'AWS_IAM' } | JwtAuthorization;

export interface JwtAuthorization {
  type: 'JWT';
  issuer: string;
  audience: string[];
  /** Lower-case name of the header that carries the token. */
  header: string;
  /** A token needs one of them. */
  scopes: string[];
}

/** A token bucket. */
export interface Throttle {
  /** How many requests may come at once. */
  burst: number;
  /** How many requests a second may follow. */
  rate: number;
}
