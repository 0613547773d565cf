import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditKey } from '../../lambdas/platform/dynamodb/keys.ts';
import { AuthorizerResets } from '../../lib/authorizer-resets.ts';
import { keyTable } from '../../lib/key-table.ts';
import { matchesEventPattern } from '../../local/functions/event-pattern.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

function synthesize(removalPolicy = RemovalPolicy.DESTROY) {
  const stack = new Stack(quickApp(), 'Core');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy });
  const logRetention = RetentionDays.ONE_MONTH;
  new AuthorizerResets(stack, 'Resets', { stage: 'test', table, logRetention, removalPolicy });
  return readStack(stack);
}

const stack = synthesize();
const Filters = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) });

describe('the resets of authorizer caches', () => {
  it('follow the stream, and are tried again for as long as API Gateway may keep a decision', () => {
    const { MaximumRetryAttempts, ...properties } = stack.at('Resets/Changes').properties;
    expect(properties).toMatchObject({
      EventSourceArn: '${Table.StreamArn}',
      FunctionName: '${Resets/Resets/Function}',
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 5,
      MaximumRecordAgeInSeconds: 3_900,
      DestinationConfig: { OnFailure: { Destination: '${Resets/Undelivered.Arn}' } },
    });
    expect(MaximumRetryAttempts).toBeUndefined();
  });

  it('follow new audit entries, and no other record', () => {
    const { Filters: filters } = Filters.parse(stack.at('Resets/Changes').properties['FilterCriteria']);
    const patterns = filters.map(({ Pattern }): unknown => JSON.parse(Pattern));
    const passes = (eventName: string, pk: string) =>
      patterns.some((pattern) =>
        matchesEventPattern(pattern, { eventName, dynamodb: { Keys: { pk: { S: pk } } } }),
      );
    const { pk } = auditKey('2026-01-01T00:00:00.000Z', 'id');
    expect(passes('INSERT', pk)).toBe(true);
    expect(passes('REMOVE', pk)).toBe(false);
    expect(passes('INSERT', 'KEY#1')).toBe(false);
  });

  it('look for values that end at each full minute, and have time to wait for them', () => {
    expect(stack.at('Resets/Ends').properties).toMatchObject({
      Name: 'keybound-test-ends',
      ScheduleExpression: 'cron(* * * * ? *)',
      State: 'ENABLED',
      Targets: [{ Arn: '${Resets/Resets/Function.Arn}', RetryPolicy: { MaximumRetryAttempts: 2 } }],
    });
    expect(stack.at('Resets/Resets/Function').properties).toMatchObject({
      Timeout: 600,
      Environment: { Variables: { TABLE_NAME: '${Table}' } },
    });
  });

  it('that fail for good are told of in a queue that is encrypted, takes TLS only, and is kept where data are', () => {
    expect(stack.at('Resets/Undelivered')).toMatchObject({
      deletionPolicy: 'Delete',
      properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
    });
    expect(synthesize(RemovalPolicy.RETAIN).at('Resets/Undelivered').deletionPolicy).toBe('Retain');
    expect(stack.at('Resets/Undelivered/Policy').properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': '${Resets/Ends.Arn}' } },
          },
        ],
      },
    });
  });
});
