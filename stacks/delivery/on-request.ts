import type {
  CloudfrontDistribution,
  CloudfrontDistributionOrigin,
} from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { LambdaFunctionUrl } from '@cdktf/provider-aws/lib/lambda-function-url';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';
import { RELEASED_BEFORE_DESTROYED } from './release-first';

/** Seconds. The longest that CloudFront waits for an answer without a higher quota; settings keep the function below it. */
const READ_TIMEOUT = 60;

export interface OnRequestProps {
  /** What is global to the account is called this. */
  readonly name: string;
  readonly region: string;
  readonly render: WorkflowFunction;
}

/**
 * The function that makes a variant on its first request, behind a URL that answers nobody but the distribution.
 *
 * The URL leads to the latest version: neither a URL nor a permission can be of a published one.
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
      // Another attempt after the timeout would decode the image again, and take as long.
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

  /** Functions whose URL was made since October 2025 ask for both: docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
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
