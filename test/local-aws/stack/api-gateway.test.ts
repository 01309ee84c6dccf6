import { startApi } from '../api-gateway/harness';
import type { Parts } from '../api-gateway/stack';

test.each<[string, Partial<Parts>, string]>([
  ['a WebSocket API', { api: { protocol_type: 'WEBSOCKET' } }, 'Expected HTTP for protocol_type'],
  ['another stage', { stage: { name: 'prod' } }, 'Expected $default'],
  ['a stage that is not deployed', { stage: { auto_deploy: false } }, 'auto_deploy'],
  ['an unknown argument', { stage: { stage_variables: {} } }, 'stage_variables'],
  ['an HTTP proxy', { integration: { integration_type: 'HTTP_PROXY' } }, 'Expected AWS_PROXY'],
  ['payload format 1.0', { integration: { payload_format_version: '1.0' } }, 'Expected 2.0'],
  [
    'a function elsewhere',
    { integration: { integration_uri: 'arn:aws:lambda:eu-west-1:1:function:x' } },
    'a function of the stack',
  ],
  ['another authorizer', { authorizer: { authorizer_type: 'REQUEST' } }, 'Expected JWT'],
  [
    'a token in the query',
    { authorizer: { identity_sources: ['$request.querystring.token'] } },
    'one header',
  ],
])('%s is refused at the start', async (_, changes, message) => {
  await expect(startApi(changes)).rejects.toThrow(message);
});
