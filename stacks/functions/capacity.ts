/**
 * Numbers that depend on the Lambda concurrency of the account, as a Terraform expression of exactly one shape:
 *
 *     ${(data.aws_servicequotas_service_quota.<id>.value >= 1001) ? 100 : -1}
 *
 * The condition compares the value of that data source with an integer literal, and both results are integer literals.
 * It stands alone in its argument: `reserved_concurrent_executions` of a function, `maximum_concurrency` of a mapping.
 */
import { DataAwsServicequotasServiceQuota } from '@cdktf/provider-aws/lib/data-aws-servicequotas-service-quota';
import { conditional, Op, Token } from 'cdktf';
import { Construct } from 'constructs';
import { AMPLE_ACCOUNT, BACKLOG_CONCURRENCY, THUMBNAIL_RESERVATION } from '../settings/automatic';

/** The concurrency of the account. Terraform looks it up only if a setting is `auto`, because that needs a permission on deploy. */
export class Capacity extends Construct {
  private quota?: DataAwsServicequotasServiceQuota;

  constructor(scope: Construct) {
    super(scope, 'capacity');
  }

  /** @returns concurrency to reserve, undefined for none */
  reservation(setting: number | 'auto' | 'none' = 'none'): number | undefined {
    if (setting === 'none') return undefined;
    return setting === 'auto' ? this.choose(THUMBNAIL_RESERVATION) : setting;
  }

  backlogConcurrency(setting: number | 'auto'): number {
    return setting === 'auto' ? this.choose(BACKLOG_CONCURRENCY) : setting;
  }

  private choose({ ample, scarce }: { ample: number; scarce: number }): number {
    // "Concurrent executions": docs.aws.amazon.com/general/latest/gr/lambda-service.html
    this.quota ??= new DataAwsServicequotasServiceQuota(this, 'concurrency', {
      serviceCode: 'lambda',
      quotaCode: 'L-B99A9384',
    });
    return Token.asNumber(conditional(Op.gte(this.quota.value, AMPLE_ACCOUNT), ample, scarce));
  }
}
