import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { keyTable } from '../../lib/internal/core/key-table.ts';
import { LifecycleEvents } from '../../lib/internal/core/lifecycle-events.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

function synthesize() {
  const removalPolicy = RemovalPolicy.DESTROY;
  const stack = new Stack(quickApp(), 'Core');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy });
  const logRetention = RetentionDays.ONE_MONTH;
  new LifecycleEvents(stack, 'Events', { stage: 'test', table, logRetention, removalPolicy });
  return readStack(stack);
}

const stack = synthesize();

describe('lifecycle events', () => {
  it('are put on a bus of their own, named after the stage', () => {
    expect(stack.at('Events/Bus').properties).toMatchObject({ Name: 'keybound-test' });
    expect(stack.at('Events/Publisher/Function').properties['Environment']).toEqual({
      Variables: { TABLE_NAME: '${Table}', EVENT_BUS_NAME: '${Events/Bus}' },
    });
  });

  it('follow the stream with bounded retries and halved batches', () => {
    expect(stack.at('Events/Changes').properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 21_600,
    });
  });

  it('look for expiring keys every hour', () => {
    expect(stack.at('Events/Reminders').properties).toMatchObject({
      Name: 'keybound-test-reminders',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: '${Events/Publisher/Function.Arn}',
          RetryPolicy: { MaximumRetryAttempts: 2 },
          DeadLetterConfig: { Arn: '${Events/Undelivered.Arn}' },
        },
      ],
    });
    expect(stack.ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => properties)).toEqual([
      {
        FunctionName: '${Events/Publisher/Function}',
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: '${Events/Undelivered.Arn}' } },
      },
    ]);
    expect(stack.ofType('AWS::Lambda::Permission').map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '${Events/Publisher/Function.Arn}',
        Principal: 'events.amazonaws.com',
        SourceArn: '${Events/Reminders.Arn}',
      },
    ]);
  });
});
