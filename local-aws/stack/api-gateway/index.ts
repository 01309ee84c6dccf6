/**
 * Builds the HTTP APIs of a stack. Features that the engine doesn't support are refused; features that don't apply to
 * 127.0.0.1 are listed.
 */

import type { HttpApi, HttpCors, Throttle } from '../../api-gateway/model';
import { single, text } from '../arguments';
import type { Block } from '../block';
import { type Json, nestedBlock, nestedBlocks, oneOf, texts } from '../nested';
import { type ApiParts, route } from './routes';

export type { ApiParts } from './routes';

export interface HttpApiParts extends ApiParts {
  stages: Block[];
  routes: Block[];
}

/**
 * @param parts the API resources of the stack
 * @throws Error for an API feature that the engine doesn't support, or an API without a stage
 */
export function httpApi(block: Block, parts: HttpApiParts): HttpApi {
  oneOf(block.get('protocol_type'), ['HTTP'], 'protocol_type');
  if (block.get('disable_execute_api_endpoint') === true) {
    throw new Error('Expected false for disable_execute_api_endpoint: it is the only way into the API here');
  }
  const id = text(block, 'id');
  const ofApi = (each: Block) => each.get('api_id') === id;
  const [stage, another] = parts.stages.filter(ofApi);
  if (!stage || another) throw new Error('Expected one aws_apigatewayv2_stage of the API');
  // The name of any other stage would be part of every path.
  const name = oneOf(stage.get('name'), ['$default'], `${stage.address}.name`);
  if (stage.get('auto_deploy') !== true) {
    throw new Error(`Expected true for ${stage.address}.auto_deploy, since nothing else deploys its routes`);
  }
  const throttle = throttles(stage);
  const cors = corsOf(block);
  return {
    id,
    name: text(block, 'name'),
    executionArn: text(block, 'execution_arn'),
    domain: new URL(text(block, 'api_endpoint')).host,
    stage: name,
    ...(cors && { cors }),
    routes: parts.routes.filter(ofApi).map((each) => {
      const built = route(each, parts);
      const limit = throttle(built.key);
      return { ...built, ...(limit && { throttle: limit }) };
    }),
    skipped: [
      'HTTPS (it speaks plain HTTP/1.1)',
      ...(single(stage.get('access_log_settings'))['destination_arn'] ? ['access logs'] : []),
    ],
  };
}

const LIMITS = ['throttling_burst_limit', 'throttling_rate_limit', 'detailed_metrics_enabled'];

/** Each number that is set for a route overrides the one for all routes. */
function throttles(stage: Block): (routeKey: string) => Throttle | undefined {
  const usual = nestedBlock(stage.get('default_route_settings'), LIMITS, 'default_route_settings') ?? {};
  const own = nestedBlocks(stage.get('route_settings'), ['route_key', ...LIMITS], 'route_settings');
  return (routeKey) => {
    const all = { ...usual, ...own.find((each) => each['route_key'] === routeKey) } as Json;
    const [burst, rate] = [all['throttling_burst_limit'], all['throttling_rate_limit']];
    return burst === undefined && rate === undefined
      ? undefined
      : { burst: Number(burst ?? ACCOUNT.burst), rate: Number(rate ?? ACCOUNT.rate) };
  };
}

/** The limits of an account: docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const ACCOUNT: Throttle = { burst: 5000, rate: 10_000 };

function corsOf(block: Block): HttpCors | undefined {
  const lists = ['allow_origins', 'allow_methods', 'allow_headers', 'expose_headers'];
  const known = [...lists, 'allow_credentials', 'max_age'];
  const cors = nestedBlock(block.get('cors_configuration'), known, 'cors_configuration');
  if (!cors) return undefined;
  const [origins, methods, headers, expose] = lists.map((name) => texts(cors[name])) as [
    string[],
    string[],
    string[],
    string[],
  ];
  const maxAge = cors['max_age'];
  return {
    origins,
    methods,
    headers,
    expose,
    credentials: cors['allow_credentials'] === true,
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  };
}
