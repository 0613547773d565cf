import { describe, expect, it } from 'vitest';
import { deploy, single, TABLE } from './deploy-fixture.ts';
import { functionResource } from './write-assembly.ts';

const FUNCTION = { 'Fn::GetAtt': ['Fn', 'Arn'] };
const rule = (properties: object = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ScheduleExpression: 'rate(1 hour)',
    State: 'ENABLED',
    Targets: [{ Id: 'Target0', Arn: FUNCTION, RetryPolicy: { MaximumRetryAttempts: 2 } }],
    ...properties,
  },
});
const FUNCTION_ARN: unknown = expect.stringMatching(
  /^arn:aws:lambda:us-east-1:000000000000:function:Shop-Fn-/,
);
const shop = (resources: object, rest: object = {}) =>
  deploy(single({ Fn: functionResource('code'), ...resources }, rest));

describe('event buses', () => {
  it('are known by their names and ARNs', async () => {
    const { deployed } = await shop(
      { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders', Description: 'Orders' } } },
      { Outputs: { Name: { Value: { Ref: 'Bus' } }, Arn: { Value: { 'Fn::GetAtt': ['Bus', 'Arn'] } } } },
    );
    expect(deployed.eventBuses).toEqual(['orders']);
    expect(Object.fromEntries(deployed.outputs.get('Shop') ?? [])).toEqual({
      Name: 'orders',
      Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
    });
  });
});

describe('EventBridge rules', () => {
  it('with a schedule invoke functions, with an input or without', async () => {
    const { deployed } = await shop({
      Hourly: rule({ Name: 'hourly' }),
      Off: rule({
        Name: 'off',
        ScheduleExpression: 'cron(0 8 * * ? *)',
        State: 'DISABLED',
        Targets: [{ Id: 'a', Arn: FUNCTION, Input: '{"a":1}' }],
      }),
    });
    const arn = (name: string) => `arn:aws:events:us-east-1:000000000000:rule/${name}`;
    const next: unknown = expect.any(Function);
    const times = { next };
    const noon = Date.UTC(2026, 0, 31, 12);
    expect(deployed.schedules.map(({ times }) => times.next(noon))).toEqual([
      Date.UTC(2026, 0, 31, 13),
      Date.UTC(2026, 1, 1, 8),
    ]);
    expect(deployed.schedules).toEqual([
      {
        name: 'hourly',
        arn: arn('hourly'),
        times,
        enabled: true,
        targets: [{ functionArn: FUNCTION_ARN }],
      },
      {
        name: 'off',
        arn: arn('off'),
        times,
        enabled: false,
        targets: [{ functionArn: FUNCTION_ARN, input: { a: 1 } }],
      },
    ]);
  });

  it.each([
    ['an event pattern', { EventPattern: {} }, /EventPattern: only rules with a schedule/],
    ['no schedule', { ScheduleExpression: undefined }, /only rules with a schedule/],
    [
      'a schedule that cannot be run',
      { ScheduleExpression: 'cron(0 0 L * ? *)' },
      /ScheduleExpression: .* L /,
    ],
    ['another bus', { EventBusName: 'orders' }, /EventBusName: a schedule belongs to the default bus/],
    [
      'a target that is no function',
      { Targets: [{ Id: 'a', Arn: 'arn:aws:sqs:us-east-1:0:q' }] },
      /Targets\.0\.Arn: only a function/,
    ],
    ['an input that is no JSON', { Targets: [{ Id: 'a', Arn: FUNCTION, Input: '{' }] }, /Input: .* not JSON/],
    [
      'a changed input',
      { Targets: [{ Id: 'a', Arn: FUNCTION, InputPath: '$.detail' }] },
      /InputPath: this property is not supported/,
    ],
  ])('with %s cannot be run', async (_, properties, message) => {
    await expect(shop({ Rule: rule(properties) })).rejects.toThrow(message);
  });
});

describe('an event source with a destination for what fails', () => {
  it('knows its ARN', async () => {
    const { deployed } = await shop({
      Table: TABLE,
      Queue: { Type: 'AWS::SQS::Queue' },
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
          FunctionName: { Ref: 'Fn' },
          StartingPosition: 'LATEST',
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
        },
      },
    });
    expect(deployed.eventSources[0]?.onFailureDestination).toMatch(/^arn:aws:sqs:.*:Shop-Queue-/);
  });
});
