import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { AuthorizerResets } from '../../lib/internal/core/authorizer-resets.ts';
import { keyTable } from '../../lib/internal/core/key-table.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

function synthesize() {
  const removalPolicy = RemovalPolicy.DESTROY;
  const stack = new Stack(quickApp(), 'Core');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy });
  const logRetention = RetentionDays.ONE_MONTH;
  new AuthorizerResets(stack, 'Resets', { stage: 'test', table, logRetention, removalPolicy });
  return readStack(stack);
}

const stack = synthesize();

describe('the resets of authorizer caches', () => {
  it('follow the stream, and are tried again for as long as API Gateway may keep a decision', () => {
    const { MaximumRetryAttempts, ...properties } = stack.at('Resets/Changes').properties;
    expect(properties).toMatchObject({
      MaximumBatchingWindowInSeconds: 5,
      MaximumRecordAgeInSeconds: 3_900,
    });
    expect(MaximumRetryAttempts).toBeUndefined();
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
});
