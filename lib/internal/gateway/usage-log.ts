import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSubscriptionFilter, RetentionDays, type LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ACCESS_LINES } from '../../../lambdas/contract/access-line.ts';
import type { KeyedApiProps } from '../../constructs/keyed-api-props.ts';
import { accessLogGroup } from './access-log-group.ts';

/** The log group for the access log of the API that `scope` makes, which usage is counted from. */
export function usageLog(scope: Construct, { core, logRetention }: KeyedApiProps): LogGroup {
  const logGroup = accessLogGroup(scope, {
    retention: logRetention ?? RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnSubscriptionFilter(scope, 'Usage', {
    logGroupName: logGroup.logGroupName,
    destinationArn: core.usageArn,
    filterPattern: ACCESS_LINES,
  });
  return logGroup;
}
