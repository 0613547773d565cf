import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditKey } from '../../lambdas/platform/dynamodb/keys.ts';
import { keyTable } from '../../lib/key-table.ts';
import { LifecycleEvents } from '../../lib/lifecycle-events.ts';
import { matchesEventPattern } from '../../local/functions/event-pattern.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

function synthesize(removalPolicy = RemovalPolicy.DESTROY) {
  const stack = new Stack(quickApp(), 'Core');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy });
  const logRetention = RetentionDays.ONE_MONTH;
  new LifecycleEvents(stack, 'Events', { stage: 'test', table, logRetention, removalPolicy });
  return readStack(stack);
}

const stack = synthesize();
const Filters = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) });

describe('lifecycle events', () => {
  it('are put on a bus of their own, named after the stage', () => {
    expect(stack.at('Events/Bus').properties).toMatchObject({ Name: 'keybound-test' });
    expect(stack.at('Events/Publisher/Function').properties['Environment']).toEqual({
      Variables: { TABLE_NAME: '${Table}', EVENT_BUS_NAME: '${Events/Bus}' },
    });
  });

  it('follow the stream with bounded retries, halved batches and a destination for what fails', () => {
    expect(stack.at('Events/Changes').properties).toMatchObject({
      EventSourceArn: '${Table.StreamArn}',
      FunctionName: '${Events/Publisher/Function}',
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: '${Events/Undelivered.Arn}' } },
    });
  });

  it('are made of new audit entries, and of no other record', () => {
    const { Filters: filters } = Filters.parse(stack.at('Events/Changes').properties['FilterCriteria']);
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

  it('are published by a role that may read stream and expiry, put events, and note down reminders', () => {
    const leading = (...keys: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
    const may = (Action: string | string[], Resource: string, Condition?: object) => ({
      Effect: 'Allow',
      Action,
      Resource,
      ...(Condition && { Condition }),
    });
    expect(stack.ofType('AWS::IAM::Policy').map(({ properties }) => properties)).toMatchObject([
      {
        Roles: ['${Events/Publisher/Role}'],
        PolicyDocument: {
          Statement: [
            may(['logs:CreateLogStream', 'logs:PutLogEvents'], '${Events/Publisher/Logs.Arn}'),
            may('events:PutEvents', '${Events/Bus.Arn}'),
            may(
              [
                'dynamodb:DescribeStream',
                'dynamodb:GetRecords',
                'dynamodb:GetShardIterator',
                'dynamodb:ListStreams',
              ],
              '${Table.StreamArn}',
            ),
            may(
              ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
              '${Events/Undelivered.Arn}',
            ),
            may('dynamodb:Query', '${Table.Arn}/index/listing', leading('EXPIRY#*')),
            may('dynamodb:BatchGetItem', '${Table.Arn}', leading('OWNER#*', 'KEY#*')),
            may('dynamodb:PutItem', '${Table.Arn}', leading('KEY#*')),
            {
              Effect: 'Allow',
              Action: 'apigateway:DELETE',
              Resource: ['production', 'sandbox'].map(
                (stage) =>
                  `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/apis/*/stages/${stage}/cache/authorizers`,
              ),
            },
            may('dynamodb:BatchGetItem', '${Table.Arn}', leading('API#*')),
            may('dynamodb:Query', '${Table.Arn}', leading('OWNER#*')),
            may('dynamodb:Query', '${Table.Arn}/index/listing', leading('API')),
          ],
        },
      },
    ]);
    expect(stack.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('that fail for good are told of in a queue that is encrypted, takes TLS only, and is kept where data are', () => {
    expect(stack.at('Events/Undelivered')).toMatchObject({
      deletionPolicy: 'Delete',
      properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
    });
    expect(synthesize(RemovalPolicy.RETAIN).at('Events/Undelivered').deletionPolicy).toBe('Retain');
    expect(stack.at('Events/Undelivered/Policy').properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': '${Events/Reminders.Arn}' } },
          },
        ],
      },
    });
  });
});
