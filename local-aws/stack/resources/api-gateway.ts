import { createHash } from 'node:crypto';
import { type Attribute, arn, type ResourceTypes } from './type';

/** Ten letters and digits, the same from run to run as long as the resource keeps its address. */
const id: Attribute = (_, __, address) =>
  BigInt(`0x${createHash('sha256').update(address).digest('hex')}`)
    .toString(36)
    .slice(0, 10);

const domain: Attribute = (get, place, address) =>
  `${id(get, place, address)}.execute-api.${place.region}.amazonaws.com`;

export const API_GATEWAY: ResourceTypes = {
  aws_apigatewayv2_api: {
    arguments: [
      'name',
      'description',
      'protocol_type',
      'cors_configuration',
      'disable_execute_api_endpoint',
      'ip_address_type',
    ],
    attributes: {
      id,
      api_endpoint: (get, place, address) => `https://${domain(get, place, address)}`,
      execution_arn: (get, place, address) =>
        arn('execute-api', () => String(id(get, place, address)))(get, place),
    },
  },
  aws_apigatewayv2_stage: {
    arguments: [
      'api_id',
      'name',
      'description',
      'auto_deploy',
      'default_route_settings',
      'route_settings',
      'access_log_settings',
    ],
    attributes: { id },
  },
  aws_apigatewayv2_authorizer: {
    arguments: ['api_id', 'name', 'authorizer_type', 'identity_sources', 'jwt_configuration'],
    attributes: { id },
  },
  aws_apigatewayv2_integration: {
    arguments: [
      'api_id',
      'description',
      'integration_type',
      'integration_method',
      'integration_uri',
      'connection_type',
      'payload_format_version',
      'timeout_milliseconds',
    ],
    attributes: { id },
  },
  aws_apigatewayv2_route: {
    arguments: [
      'api_id',
      'route_key',
      'target',
      'authorization_type',
      'authorizer_id',
      'authorization_scopes',
    ],
    attributes: { id },
  },
  aws_apigatewayv2_domain_name: { noEffect: 'an API is reached at its port on 127.0.0.1' },
  aws_apigatewayv2_api_mapping: { noEffect: 'an API is reached at its port on 127.0.0.1' },
};
