import { z } from 'zod';
import { assertSupportedPattern } from '../../functions/event-pattern.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { localArn, stableUuid } from '../physical-names.ts';
import {
  booleanProperty,
  harmless,
  numberProperty,
  parseProperties,
  parseProperty,
} from './parse-properties.ts';

const eventSourceProperties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: numberProperty.default(100),
  MaximumBatchingWindowInSeconds: numberProperty.default(0),
  StartingPosition: z.enum(['LATEST', 'TRIM_HORIZON']),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  BisectBatchOnFunctionError: booleanProperty.default(false),
  MaximumRetryAttempts: numberProperty.default(-1),
  MaximumRecordAgeInSeconds: numberProperty.default(-1),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  Enabled: booleanProperty.default(true),
  TumblingWindowInSeconds: z.literal(0, 'tumbling windows are not supported').optional(),
  // Records that are given up are a line in the log; a shard is read by one reader.
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().optional() }).optional() })
    .optional(),
  ParallelizationFactor: harmless,
  KmsKeyArn: harmless,
  MetricsConfig: harmless,
  Tags: harmless,
});

/** `AWS::Lambda::EventSourceMapping`, from a DynamoDB stream. */
export function deployEventSource(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, eventSourceProperties);
  const tableName = /^arn:aws:dynamodb:[^:]*:\d*:table\/([^/]+)\/stream\//.exec(
    properties.EventSourceArn,
  )?.[1];
  if (tableName === undefined) {
    throw context.cannotRun('only DynamoDB streams can be an event source here', 'Properties.EventSourceArn');
  }
  // A mapping of another source is another mapping, which begins anew: CloudFormation replaces it, too.
  const id = stableUuid(`${context.stack}/${context.logicalId}/${properties.EventSourceArn}`);
  context.collected.eventSources.push({
    id,
    tableName,
    streamArn: properties.EventSourceArn,
    functionArn: functionArnOf(properties.FunctionName),
    batchSize: properties.BatchSize,
    maximumBatchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
    startingPosition: properties.StartingPosition,
    reportBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    bisectBatchOnFunctionError: properties.BisectBatchOnFunctionError,
    maximumRetryAttempts: properties.MaximumRetryAttempts,
    maximumRecordAgeSeconds: properties.MaximumRecordAgeInSeconds,
    filterPatterns: (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }, index) =>
      parsePattern(context, Pattern, index),
    ),
    ...onFailure(properties.DestinationConfig?.OnFailure?.Destination),
    enabled: properties.Enabled,
  });
  return { ref: id, attributes: { Id: id } };
}

function parsePattern(context: ResourceContext, pattern: string, index: number): unknown {
  return parseProperty(context, `Properties.FilterCriteria.Filters.${index}.Pattern`, () => {
    const parsed: unknown = JSON.parse(pattern);
    assertSupportedPattern(parsed);
    return parsed;
  });
}

function onFailure(destination: string | undefined): { onFailureDestination?: string } {
  return destination === undefined ? {} : { onFailureDestination: destination };
}

function functionArnOf(functionName: string): string {
  return functionName.startsWith('arn:') ? functionName : localArn('lambda', `function:${functionName}`);
}
