import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSubscriptionFilter, RetentionDays, type LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { KeyedApiProps } from '../../constructs/keyed-api-props.ts';
import { ACCESS_LINE, accessLogFormat } from './access-log-format.ts';
import { accessLogGroup } from './access-log-group.ts';
import { LOGGED_FIELDS } from './key-handover.ts';

/** Every call, refused ones included: all that the access log says. */
const CALLS = `{ $.type = "${ACCESS_LINE}" }`;

/** The log group for the access log of the API that `scope` makes, which usage is counted from. */
export function usageLog(scope: Construct, { core, logRetention }: KeyedApiProps): LogGroup {
  const logGroup = accessLogGroup(scope, {
    retention: logRetention ?? RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnSubscriptionFilter(scope, 'Usage', {
    logGroupName: logGroup.logGroupName,
    destinationArn: core.usageArn,
    filterPattern: CALLS,
  });
  return logGroup;
}

/**
 * The format of its lines: nothing that a client could put a key into; not the path, but the key of its route. `stage`: what
 * lines say of the stage.
 */
export function usageLogFormat(apiId: string, stage?: string): string {
  return accessLogFormat(
    {
      ...Object.fromEntries(
        Object.entries(LOGGED_FIELDS).map(([name, field]) => [name, `$context.authorizer.${field}`]),
      ),
      // Keybound's own id, not API Gateway's: refused calls are counted for the API, too.
      apiUUID: apiId,
    },
    stage,
  );
}
