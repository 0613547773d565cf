import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyboundApp } from '../../lib/stacks/keybound-app.ts';
import { quickApp } from './quick-app.ts';
import { readStack, type ReadStack, type StackResource } from './read-stack.ts';

/** The core, as the context asks for it. */
function stacksOf(context: Readonly<Record<string, unknown>> = {}): readonly [ReadStack] {
  const app = quickApp({ throwAway: 'true', ...context });
  keyboundApp(app);
  const read = (name: string) => {
    const stack = app.node.findChild(name);
    if (!Stack.isStack(stack)) throw new Error(`${name} is no stack`);
    return readStack(stack);
  };
  return [read('Keybound-dev')];
}

const plain = stacksOf();
const adorned = stacksOf({ tracing: 'true', logRetentionDays: '14', costCenter: 'CC-4711' });
const functionsOf = (stacks: readonly ReadStack[]) =>
  stacks.flatMap((stack) => stack.ofType('AWS::Lambda::Function'));

describe('tracing of the functions', () => {
  const policiesOf = (stacks: readonly ReadStack[]) =>
    stacks.flatMap((stack) => stack.ofType('AWS::IAM::Policy'));

  it('is off by default, and no role may send traces', () => {
    expect(functionsOf(plain).flatMap(({ properties }) => properties['TracingConfig'] ?? [])).toEqual([]);
    expect(JSON.stringify(policiesOf(plain))).not.toContain('xray:');
  });

  it('is on for every function when the context asks for it, and every role may send traces and no more', () => {
    const functions = functionsOf(adorned);
    expect(functions.length).toBe(functionsOf(plain).length);
    for (const { properties } of functions) expect(properties['TracingConfig']).toEqual({ Mode: 'Active' });
    const policies = policiesOf(adorned);
    expect(policies).toHaveLength(functions.length);
    const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) });
    for (const { properties } of policies) {
      const { Statement } = Policy.parse(properties).PolicyDocument;
      expect(Statement.filter((statement) => JSON.stringify(statement).includes('"*"'))).toEqual([
        { Effect: 'Allow', Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' },
      ]);
    }
  });
});

describe('the retention of logs', () => {
  const retentions = (stacks: readonly ReadStack[]) =>
    new Set(
      stacks.flatMap((stack) =>
        stack.ofType('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']),
      ),
    );

  it('is that of the stage by default', () => {
    expect(retentions(plain)).toEqual(new Set([30]));
  });

  it('is for all logs, of functions and of calls, what the context says', () => {
    expect(retentions(adorned)).toEqual(new Set([14]));
  });
});

describe('the cost tags of the core and samples', () => {
  const Tags = z.union([
    z
      .array(z.object({ Key: z.string(), Value: z.string() }))
      .transform((list) => Object.fromEntries(list.map(({ Key, Value }): [string, string] => [Key, Value]))),
    z.record(z.string(), z.string()),
  ]);
  const tagsOf = ({ path, type, properties }: StackResource) => {
    const replicas = z.array(z.object({ Tags: z.unknown() })).safeParse(properties['Replicas']);
    const tags = Tags.safeParse(properties['Tags'] ?? properties['UserPoolTags'] ?? replicas.data?.[0]?.Tags);
    return tags.data === undefined ? [] : [{ path, type, tags: tags.data }];
  };
  const tagged = adorned.map((stack) => stack.resources.flatMap(tagsOf));
  const componentOf = (path: string) =>
    tagged.flat().find((resource) => resource.path === path)?.tags['keybound:component'];

  it('name the component of everything that costs', () => {
    for (const { type, tags } of tagged.flat()) {
      if (!/^AWS::(?:IAM::Role|SSM::Parameter)$/.test(type)) {
        expect(tags).toHaveProperty('keybound:component');
      }
    }
    const types = new Set(tagged.flat().map(({ type }) => type));
    for (const type of ['DynamoDB::GlobalTable', 'Lambda::Function', 'Logs::LogGroup', 'ApiGatewayV2::Api']) {
      expect(types).toContain(`AWS::${type}`);
    }
  });

  it.each([
    ['Authorizer/Function', 'authorizer'],
    ['Authorizer/Logs', 'authorizer'],
    ['Table', 'table'],
    ['Portal/Function', 'management'],
    ['Holder/Function', 'management'],
    ['Management/Api', 'management'],
    ['Usage/Function', 'usage'],
    ['UndeliveredUsage', 'usage'],
    ['Events/Publisher/Function', 'events'],
    ['Operations/AlarmsKey', 'operations'],
  ])('name for %s the component %s', (path, component) => {
    expect(componentOf(path)).toBe(component);
  });

  it('name the cost centre when there is one', () => {
    for (const { tags } of tagged.flat()) expect(tags['keybound:cost-center']).toBe('CC-4711');
    for (const { tags } of plain.flatMap((stack) => stack.resources.flatMap(tagsOf))) {
      expect(tags).not.toHaveProperty('keybound:cost-center');
    }
  });
});

describe('a context that operators get wrong', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90,', { logRetentionDays: '10' }],
    ['logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90,', { logRetentionDays: 9999 }],
    ['logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90,', { logRetentionDays: 'a month' }],
    ['logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90,', { logRetentionDays: '' }],
    ['tracing must be true or false', { tracing: 'yes' }],
    ['alarmEmail must be an email address', { alarmEmail: 'ops' }],
    ['costCenter must be the value of a tag', { costCenter: 'a;b' }],
    ['costCenter must be the value of a tag', { costCenter: '' }],
  ])('is refused: %s (%o)', (message, context) => {
    const app = quickApp(context);
    expect(() => keyboundApp(app)).toThrow(message);
  });
});
