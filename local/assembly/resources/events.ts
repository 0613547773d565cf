import { z } from 'zod';
import { parseSchedule } from '../../functions/schedule-expression.ts';
import type { ScheduleTarget } from '../../functions/schedule-definition.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { localArn, physicalName } from '../physical-names.ts';
import { harmless, parseProperties, parseProperty } from './parse-properties.ts';

const busProperties = z.strictObject({
  Name: z.string(),
  EventSourceName: z.undefined('partner event buses are not supported').optional(),
  // Events are shown and kept until the runner ends; nothing local subscribes to them.
  DeadLetterConfig: harmless,
  Description: harmless,
  KmsKeyIdentifier: harmless,
  LogConfig: harmless,
  Policy: harmless,
  Tags: harmless,
});

/** `AWS::Events::EventBus` */
export function deployEventBus(context: ResourceContext): DeployedResource {
  const { Name } = parseProperties(context, busProperties);
  context.collected.eventBuses.push(Name);
  return { ref: Name, attributes: { Arn: localArn('events', `event-bus/${Name}`), Name } };
}

const ruleProperties = z.strictObject({
  Name: z.string().optional(),
  ScheduleExpression: z.string('only rules with a schedule are supported'),
  EventPattern: z.undefined('only rules with a schedule are supported').optional(),
  EventBusName: z.literal('default', 'a schedule belongs to the default bus').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string().startsWith('arn:aws:lambda:', 'only a function can be a target here'),
        /** JSON, given to the function instead of the event. */
        Input: z.string().optional(),
        // A run that fails is reported, and not tried again.
        DeadLetterConfig: harmless,
        RetryPolicy: harmless,
      }),
    )
    .default([]),
  Description: harmless,
  RoleArn: harmless,
  Tags: harmless,
});

/** `AWS::Events::Rule`, with a schedule and functions as targets. */
export function deployRule(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, ruleProperties);
  const name = properties.Name ?? physicalName(context.stack, context.logicalId, 64);
  const arn = localArn('events', `rule/${name}`);
  context.collected.schedules.push({
    name,
    arn,
    times: parseProperty(context, 'Properties.ScheduleExpression', () =>
      parseSchedule(properties.ScheduleExpression),
    ),
    enabled: properties.State === 'ENABLED',
    targets: properties.Targets.map(({ Arn, Input }, index) => target(context, Arn, Input, index)),
  });
  return { ref: name, attributes: { Arn: arn } };
}

function target(
  context: ResourceContext,
  functionArn: string,
  input: string | undefined,
  index: number,
): ScheduleTarget {
  if (input === undefined) return { functionArn };
  try {
    const parsed: unknown = JSON.parse(input);
    return { functionArn, input: parsed };
  } catch {
    throw context.cannotRun('the input is not JSON', `Properties.Targets.${index}.Input`);
  }
}
