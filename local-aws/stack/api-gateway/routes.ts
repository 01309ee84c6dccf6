import type { Authorization, Route } from '../../api-gateway/model';
import { text } from '../arguments';
import type { Block } from '../block';
import type { LambdaFunction } from '../model';
import { nestedBlock, oneOf, texts } from '../nested';

/** The stack's resources for the routes of its APIs, by id. */
export interface ApiParts {
  functions: LambdaFunction[];
  authorizers: Map<string, Block>;
  integrations: Map<string, Block>;
}

/** The longest an HTTP API waits for a function: docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_TIMEOUT_MS = 30_000;

/** @throws Error for a feature of a route that the engine doesn't support */
export function route(block: Block, parts: ApiParts): Omit<Route, 'throttle'> {
  const key = text(block, 'route_key');
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(key) ?? [];
  if (method === undefined || path === undefined || !WELL_FORMED.test(path)) {
    throw new Error(`Expected a route such as "GET /orders/{id}" for ${block.address} but received ${key}`);
  }
  const target = text(block, 'target');
  const integration = parts.integrations.get(target.replace(/^integrations\//, ''));
  if (!integration) throw new Error(`Expected an integration of the stack but received ${target}`);
  return {
    key,
    method,
    path,
    authorization: authorizationOf(block, parts.authorizers),
    ...integrated(integration, parts.functions),
  };
}

/** A parameter is a whole segment. Only the last one may match all remaining segments. */
const WELL_FORMED = /^(\/([^/{}]*|\{[\w.-]+\}))*(\/\{[\w.-]+\+\})?$/;

function authorizationOf(block: Block, authorizers: Map<string, Block>): Authorization {
  const type = oneOf(
    block.get('authorization_type') ?? 'NONE',
    ['NONE', 'AWS_IAM', 'JWT'],
    'authorization_type',
  );
  if (type !== 'JWT') return { type };
  const id = String(block.get('authorizer_id'));
  const authorizer = authorizers.get(id);
  if (!authorizer)
    throw new Error(`Expected an authorizer of the stack for authorizer_id but received ${id}`);
  oneOf(authorizer.get('authorizer_type'), ['JWT'], `${authorizer.address}.authorizer_type`);
  const jwt = nestedBlock(authorizer.get('jwt_configuration'), ['issuer', 'audience'], 'jwt_configuration');
  const [source = '', another] = texts(authorizer.get('identity_sources'));
  const header = /^\$request\.header\.([\w-]+)$/.exec(source)?.[1];
  if (header === undefined || another !== undefined) {
    throw new Error(`Expected one header for ${authorizer.address}.identity_sources but received ${source}`);
  }
  return {
    type,
    issuer: String(jwt?.['issuer']),
    audience: texts(jwt?.['audience']),
    header: header.toLowerCase(),
    scopes: texts(block.get('authorization_scopes')),
  };
}

function integrated(
  block: Block,
  functions: LambdaFunction[],
): Pick<Route, 'functionArn' | 'versionArn' | 'timeoutMs'> {
  const at = (argument: string) => `${block.address}.${argument}`;
  oneOf(block.get('integration_type'), ['AWS_PROXY'], at('integration_type'));
  oneOf(block.get('integration_method') ?? 'POST', ['POST'], at('integration_method'));
  oneOf(block.get('connection_type') ?? 'INTERNET', ['INTERNET'], at('connection_type'));
  oneOf(block.get('payload_format_version'), ['2.0'], at('payload_format_version'));
  const uri = text(block, 'integration_uri');
  const functionArn = /\/functions\/(arn:.+)\/invocations$/.exec(uri)?.[1] ?? uri;
  const fn = functions.find((each) => [each.arn, each.qualifiedArn].includes(functionArn));
  if (!fn)
    throw new Error(`Expected a function of the stack for ${at('integration_uri')} but received ${uri}`);
  const timeoutMs = Number(block.get('timeout_milliseconds') ?? MAX_TIMEOUT_MS);
  if (!(timeoutMs >= 50 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new Error(
      `Expected 50 to ${MAX_TIMEOUT_MS} for ${at('timeout_milliseconds')} but received ${timeoutMs}`,
    );
  }
  return { functionArn, versionArn: fn.qualifiedArn, timeoutMs };
}
