import { Aws, CfnElement, Fn, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** How the names of the log groups begin. */
export const ACCESS_LOG_GROUP_PREFIX = '/aws/vendedlogs/keybound/';

export interface AccessLogGroupProps {
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The log group for the access log of the API that `scope` makes. API Gateway adds each group that it delivers to
 * by name to a resource policy of the account that holds 5120 characters; groups below `/aws/vendedlogs/` it
 * covers with one entry. So the group is named, by stack and construct.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
export function accessLogGroup(scope: Construct, props: AccessLogGroupProps): LogGroup {
  const name = Names.uniqueResourceName(scope, { separator: '-', allowedSpecialCharacters: '-' });
  return new LogGroup(scope, 'AccessLogs', {
    // A group that outlives its stack must not stand in the way of the next one of that name.
    logGroupName: `${ACCESS_LOG_GROUP_PREFIX}${name}${props.removalPolicy === RemovalPolicy.DESTROY ? '' : `-${stackNumber()}`}`,
    ...props,
  });
}

/** How a log group is told apart in its stack: the registrar asks CloudFormation whether the stack has it. */
export function nameAndLogicalId(group: LogGroup): { readonly name: string; readonly logicalId: string } {
  const { defaultChild } = group.node;
  if (!CfnElement.isCfnElement(defaultChild)) throw new Error('the log group has no resource of its own');
  return { name: group.logGroupName, logicalId: Stack.of(group).getLogicalId(defaultChild) };
}

/** Eight digits that no other stack has, nor a later one of the same name: the first of the UUID of its id. */
function stackNumber(): string {
  return Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
}
