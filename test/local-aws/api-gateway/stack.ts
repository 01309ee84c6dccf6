/** A small stack: one function behind an HTTP API, with a route for each kind of authorization. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipOf } from '../lambda/zip';

export type Json = Record<string, unknown>;

export const ISSUER = 'https://login.shop.example/';

/** Returns its event, or what the query asks for. */
const ECHO = `
exports.handler = async (event) => {
  const { as } = event.queryStringParameters ?? {};
  if (as === 'error') throw new Error('no');
  if (as === 'nonsense') return { statusCode: 'ok' };
  if (as === 'late') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (as === 'problem') {
    return {
      statusCode: 422,
      headers: { 'Content-Type': 'application/problem+json', 'Access-Control-Allow-Origin': 'https://evil.example' },
      cookies: ['a=1', 'b=2'],
      body: JSON.stringify({ title: 'no' }),
    };
  }
  return event;
};`;

const trust = {
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
};

const API = '${aws_apigatewayv2_api.shop.id}';

const route = (key: string, more: Json = {}): Json => ({
  api_id: API,
  route_key: key,
  target: 'integrations/${aws_apigatewayv2_integration.echo.id}',
  ...more,
});

const jwt = {
  authorization_type: 'JWT',
  authorizer_id: '${aws_apigatewayv2_authorizer.users.id}',
};

/** The parts that a test may change. */
export interface Parts {
  api: Json;
  stage: Json;
  integration: Json;
  authorizer: Json;
  permission: Json;
  routes: Record<string, Json>;
}

export function stackOf(filename: string, changes: Partial<Parts> = {}): Json {
  return {
    provider: { aws: [{ region: 'eu-west-1' }] },
    resource: {
      aws_iam_role: {
        echo: { name: 'shop-echo', assume_role_policy: JSON.stringify(trust) },
        reader: { name: 'shop-reader', assume_role_policy: JSON.stringify(trust) },
      },
      aws_iam_role_policy: {
        reader: {
          name: 'own',
          role: '${aws_iam_role.reader.name}',
          policy: JSON.stringify({
            Statement: {
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: '${aws_apigatewayv2_api.shop.execution_arn}/*/GET/signed/mine/*',
            },
          }),
        },
      },
      aws_lambda_function: {
        echo: {
          function_name: 'shop-echo',
          role: '${aws_iam_role.echo.arn}',
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          filename,
          publish: true,
          environment: { variables: { API_URL: '${aws_apigatewayv2_api.shop.api_endpoint}' } },
        },
      },
      aws_lambda_permission: {
        api: {
          action: 'lambda:InvokeFunction',
          function_name: '${aws_lambda_function.echo.function_name}',
          principal: 'apigateway.amazonaws.com',
          source_arn: '${aws_apigatewayv2_api.shop.execution_arn}/*/*',
          ...changes.permission,
        },
      },
      aws_apigatewayv2_api: {
        shop: {
          name: 'shop',
          protocol_type: 'HTTP',
          cors_configuration: {
            allow_origins: ['https://shop.example'],
            allow_methods: ['GET', 'POST'],
            allow_headers: ['authorization', 'content-type'],
            expose_headers: ['etag', 'location'],
            max_age: 600,
          },
          ...changes.api,
        },
      },
      aws_apigatewayv2_stage: {
        usual: { api_id: API, name: '$default', auto_deploy: true, ...changes.stage },
      },
      aws_apigatewayv2_authorizer: {
        users: {
          api_id: API,
          name: 'users',
          authorizer_type: 'JWT',
          identity_sources: ['$request.header.Authorization'],
          jwt_configuration: { issuer: ISSUER, audience: ['shop', 'shop-app'] },
          ...changes.authorizer,
        },
      },
      aws_apigatewayv2_integration: {
        echo: {
          api_id: API,
          integration_type: 'AWS_PROXY',
          integration_method: 'POST',
          integration_uri: '${aws_lambda_function.echo.invoke_arn}',
          payload_format_version: '2.0',
          ...changes.integration,
        },
      },
      aws_apigatewayv2_route: changes.routes ?? {
        open: route('ANY /open/{id}'),
        upload: route('POST /uploads', jwt),
        image: route('GET /images/{id}', jwt),
        scoped: route('GET /scoped', { ...jwt, authorization_scopes: ['read', 'write'] }),
        signed: route('ANY /signed/{proxy+}', { authorization_type: 'AWS_IAM' }),
      },
    },
    output: { upload_api_url: { value: '${aws_apigatewayv2_api.shop.api_endpoint}' } },
  };
}

/** Writes the stack and its function's package into a folder. @returns path of the stack */
export function writeStack(folder: string, changes: Partial<Parts> = {}): string {
  const file = path.join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify(stackOf(zipOf(folder, { 'index.js': ECHO }), changes)));
  return file;
}
