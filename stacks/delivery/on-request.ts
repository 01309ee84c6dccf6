import type {
  CloudfrontDistribution,
  CloudfrontDistributionOrigin,
} from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { LambdaFunctionUrl } from '@cdktf/provider-aws/lib/lambda-function-url';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';

/** Seconds. CloudFront waits no longer without a higher quota. The settings keep the timeout of the function below it. */
const READ_TIMEOUT = 60;

export interface OnRequestProps {
  /** Name of the resources that are global to the account. */
  readonly name: string;
  readonly region: string;
  readonly render: WorkflowFunction;
}

/**
 * The function that makes a variant on its first request, behind a URL that only the distribution may call.
 *
 * The URL calls the latest version: Lambda has neither URLs nor URL permissions for a published one.
 */
export class OnRequest extends Construct {
  private readonly domainName: string;
  private readonly accessId: string;
  private readonly functionName: string;

  constructor(scope: Construct, id: string, { name, region, render }: OnRequestProps) {
    super(scope, id);
    const url = new LambdaFunctionUrl(this, 'url', {
      functionName: render.name,
      authorizationType: 'AWS_IAM',
    });
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name: `${name}-render`,
      description: 'CloudFront signs what it asks of the render function.',
      originAccessControlOriginType: 'lambda',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
      lifecycle: RELEASED_BEFORE_DESTROYED,
    });
    this.domainName = `${url.urlId}.lambda-url.${region}.on.aws`;
    this.accessId = access.id;
    this.functionName = render.name;
  }

  origin(originId: string): CloudfrontDistributionOrigin {
    return {
      originId,
      domainName: this.domainName,
      originAccessControlId: this.accessId,
      // A second attempt after a timeout would decode the image again and take as long.
      connectionAttempts: 1,
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: 'https-only',
        originSslProtocols: ['TLSv1.2'],
        originReadTimeout: READ_TIMEOUT,
      },
    };
  }

  /** URLs created since October 2025 need both permissions: docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
  allow({ arn }: CloudfrontDistribution): void {
    const permission = (id: string, statementId: string, action: string, functionUrlAuthType?: string) =>
      new LambdaPermission(this, id, {
        statementId,
        action,
        functionName: this.functionName,
        principal: 'cloudfront.amazonaws.com',
        sourceArn: arn,
        functionUrlAuthType,
      });
    permission('url-permission', 'OnlyTheDistributionCallsTheUrl', 'lambda:InvokeFunctionUrl', 'AWS_IAM');
    permission('permission', 'OnlyTheDistribution', 'lambda:InvokeFunction');
  }
}
