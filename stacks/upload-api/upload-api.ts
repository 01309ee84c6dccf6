import {
  Apigatewayv2Api,
  type Apigatewayv2ApiCorsConfiguration,
} from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route, type Apigatewayv2RouteConfig } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';
import type { Key } from '../security/key';
import type { Settings } from '../settings/schema';
import { PREFLIGHT_SECONDS } from './upload-cors';

/** The function behind each route. */
export interface ApiFunctions {
  readonly createUpload: WorkflowFunction;
  readonly getImage: WorkflowFunction;
}

export interface UploadApiProps {
  readonly settings: Settings['uploadApi'];
  readonly name: string;
  readonly functions: ApiFunctions;
  readonly logs: { retentionDays: number };
  /**
   * Encrypts the logs.
   * @default - CloudWatch's own key
   */
  readonly key?: Key;
}

type Authorization = Pick<Apigatewayv2RouteConfig, 'authorizationType' | 'authorizerId'>;

/** The HTTP API for apps: it signs uploads and returns their status. Every route authenticates its caller. */
export class UploadApi extends Construct {
  /** URL of the API, without a slash at the end. */
  readonly url: string;
  /** Its id in CloudWatch's metrics. */
  readonly id: string;
  readonly functions: ApiFunctions;

  constructor(scope: Construct, id: string, props: UploadApiProps) {
    super(scope, id);
    const { settings, name, functions } = props;

    const api = new Apigatewayv2Api(this, 'api', {
      name,
      description: 'Signs uploads and reports what became of each.',
      protocolType: 'HTTP',
      corsConfiguration: settings.corsOrigins.length > 0 ? corsFor(settings) : undefined,
    });
    const authorization = this.authorization(api, settings.jwt);
    this.route(api, 'create-upload', 'POST /uploads', functions.createUpload, authorization);
    this.route(api, 'get-image', 'GET /images/{id}', functions.getImage, authorization);
    this.stage(api, props);
    this.url = api.apiEndpoint;
    this.id = api.id;
    this.functions = functions;
  }

  /** Callers authenticate with JWTs if the settings name an issuer, and with AWS signatures (IAM) otherwise. */
  private authorization(api: Apigatewayv2Api, jwt: Settings['uploadApi']['jwt']): Authorization {
    if (!jwt) return { authorizationType: 'AWS_IAM' };
    const authorizer = new Apigatewayv2Authorizer(this, 'authorizer', {
      apiId: api.id,
      name: 'users',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: jwt,
      // API Gateway refuses to delete an authorizer that a route still uses.
      lifecycle: RELEASED_BEFORE_DESTROYED,
    });
    return { authorizationType: 'JWT', authorizerId: authorizer.id };
  }

  private route(
    api: Apigatewayv2Api,
    id: string,
    routeKey: string,
    lambda: WorkflowFunction,
    authorization: Authorization,
  ): void {
    const integration = new Apigatewayv2Integration(this, `${id}-integration`, {
      apiId: api.id,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: lambda.invokeArn,
      payloadFormatVersion: '2.0',
    });
    new Apigatewayv2Route(this, `${id}-route`, {
      apiId: api.id,
      routeKey,
      target: `integrations/${integration.id}`,
      ...authorization,
    });
    // A path parameter becomes a wildcard in the ARN.
    const resource = routeKey.replace(' ', '').replace(/\{\w+\}/, '*');
    new LambdaPermission(this, `${id}-permission`, {
      statementId: 'OnlyTheRoute',
      action: 'lambda:InvokeFunction',
      functionName: lambda.name,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${api.executionArn}/*/${resource}`,
    });
  }

  private stage(api: Apigatewayv2Api, { name, settings: { throttling }, logs, key }: UploadApiProps): void {
    // With this prefix, log delivery needs no entry in the account's log resource policy, as for the state machine.
    const group = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/apigateway/${name}`,
      retentionInDays: logs.retentionDays,
      kmsKeyId: key?.arn,
    });
    new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: throttling.ratePerSecond,
        throttlingBurstLimit: throttling.burst,
      },
      accessLogSettings: { destinationArn: group.arn, format: JSON.stringify(ACCESS_LOG) },
    });
  }
}

/** docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  refused: '$context.authorizer.error',
  error: '$context.error.message',
  functionError: '$context.integrationErrorMessage',
};

const SIGNED_HEADERS = ['x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];

const corsFor = ({ corsOrigins, jwt }: Settings['uploadApi']): Apigatewayv2ApiCorsConfiguration => ({
  allowOrigins: corsOrigins,
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization', 'content-type', 'if-none-match', ...(jwt ? [] : SIGNED_HEADERS)],
  exposeHeaders: ['etag', 'location', 'retry-after'],
  maxAge: PREFLIGHT_SECONDS,
});
