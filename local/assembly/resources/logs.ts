import { z } from 'zod';
import { compileFilterPattern } from '../../functions/filter-pattern.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { localArn, physicalName } from '../physical-names.ts';
import { harmless, parseProperties, parseProperty } from './parse-properties.ts';

const logGroupProperties = z.strictObject({
  LogGroupName: z.string().optional(),
  DataProtectionPolicy: z.undefined('masking of log data is not supported').optional(),
  // Log lines are shown and delivered, never stored.
  BearerTokenAuthenticationEnabled: harmless,
  DeletionProtectionEnabled: harmless,
  FieldIndexPolicies: harmless,
  KmsKeyId: harmless,
  LogGroupClass: harmless,
  ResourcePolicyDocument: harmless,
  RetentionInDays: harmless,
  Tags: harmless,
});

/** `AWS::Logs::LogGroup` */
export function deployLogGroup(context: ResourceContext): DeployedResource {
  const { LogGroupName } = parseProperties(context, logGroupProperties);
  const name = LogGroupName ?? physicalName(context.stack, context.logicalId, 512);
  return { ref: name, attributes: { Arn: localArn('logs', `log-group:${name}:*`) } };
}

const subscriptionProperties = z.strictObject({
  DestinationArn: z.string(),
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
  RoleArn: harmless,
  Distribution: harmless,
});

/** `AWS::Logs::SubscriptionFilter`, to a function. */
export function deploySubscriptionFilter(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, subscriptionProperties);
  if (!properties.DestinationArn.startsWith('arn:aws:lambda:')) {
    throw context.cannotRun('only a function can be subscribed here', 'Properties.DestinationArn');
  }
  const filterName = properties.FilterName ?? physicalName(context.stack, context.logicalId, 512);
  context.collected.subscriptions.push({
    filterName,
    logGroupName: properties.LogGroupName,
    passes: parseProperty(context, 'Properties.FilterPattern', () =>
      compileFilterPattern(properties.FilterPattern),
    ),
    functionArn: properties.DestinationArn,
  });
  return { ref: filterName, attributes: {} };
}
