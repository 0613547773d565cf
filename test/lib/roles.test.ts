import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PARTITION_PREFIXES } from '../../lambdas/platform/dynamodb/keys.ts';
import {
  TABLE_RIGHTS,
  tableStatements,
  type ItemRight,
  type TableRights,
  type TableUser,
} from '../../lib/internal/core/table-rights.ts';
import { FUNCTIONS, OWN_ISSUER, synthesizeCore } from './core-stack.ts';

const dev = synthesizeCore();
const prod = synthesizeCore({ deployment: 'prod' });
const external = synthesizeCore({ identity: OWN_ISSUER, portalOrigins: ['https://portal.example.com'] });

const isUser = (name: string): name is TableUser => name in TABLE_RIGHTS;
const USERS = FUNCTIONS.filter(isUser);
/** Which functions have a right to do one of these actions with items of this kind. */
const whoMay = (kind: ItemRight['kinds'][number], ...actions: readonly ItemRight['actions'][number][]) =>
  USERS.filter((user) => {
    const { items }: TableRights = TABLE_RIGHTS[user];
    return items.some(
      (right) => right.kinds.includes(kind) && right.actions.some((action) => actions.includes(action)),
    );
  });

describe('what functions may do with the table', () => {
  it('is put entries of the audit trail, which nobody may change or delete, and administrators read', () => {
    expect(whoMay('audit', 'UpdateItem', 'DeleteItem', 'BatchWriteItem')).toEqual([]);
    expect(whoMay('audit', 'GetItem', 'BatchGetItem', 'Query')).toEqual(['Admin']);
    expect(whoMay('audit', 'PutItem')).toEqual(['Admin', 'Holder', 'Portal', 'Publisher', 'Registrar']);
  });

  it('is find keys by their values for those alone that decide, end, import or look them up', () => {
    expect(whoMay('credential', 'GetItem', 'BatchGetItem', 'Query')).toEqual([
      'Admin',
      'Authorizer',
      'Holder',
      'Portal',
    ]);
  });

  it('is hold the names of APIs and log groups for the registrar, beside releases by administrators', () => {
    expect(whoMay('logGroup', 'PutItem', 'UpdateItem', 'DeleteItem')).toEqual(['Registrar']);
    expect(whoMay('api', 'PutItem')).toEqual(['Admin', 'Registrar']);
    expect(whoMay('api', 'DeleteItem')).toEqual(['Registrar']);
  });

  it('is, for the one that is open to everybody, to end a key: no list, no other kind of item', () => {
    const { items, ...rest }: TableRights = TABLE_RIGHTS.Holder;
    expect(rest).toEqual({});
    expect(items.flatMap(({ kinds }) => kinds)).toEqual(['credential', 'key', 'owner', 'audit']);
    expect(whoMay('credential', 'UpdateItem')).not.toContain('Holder');
    // It cannot make anything that is a developer's.
    expect(whoMay('owner', 'PutItem')).toEqual(['Admin', 'Portal', 'Publisher']);
  });

  it.each(USERS)('of %s is limited to partitions in every statement, and never to scan', (user) => {
    const prefixes: readonly string[] = Object.values(PARTITION_PREFIXES).map((prefix) => `${prefix}*`);
    for (const { Action, Resource, Condition } of tableStatements(user, 'TABLE')) {
      const keys = [Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat();
      expect(keys.length).toBeGreaterThan(0);
      if (Resource === 'TABLE') expect(keys.filter((key) => !prefixes.includes(key))).toEqual([]);
      expect(Action.filter((action) => /Scan|PartiQL|\*/.test(action))).toEqual([]);
    }
  });

  it.each(['Authorizer', 'Usage'] as const)(
    'of %s with items of developers is to read what it names',
    (user) => {
      const ofOwners = tableStatements(user, 'TABLE').filter(
        ({ Condition }) =>
          Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']?.includes('OWNER#*') === true,
      );
      expect(ofOwners).toMatchObject([
        {
          Condition: {
            'ForAllValues:StringLike': { 'dynamodb:Attributes': ['pk', 'sk', expect.any(String)] },
            Null: { 'dynamodb:Attributes': 'false' },
            StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
          },
        },
      ]);
    },
  );
});

describe('the roles of the functions', () => {
  /** Of all APIs: which repeat decisions, only the table knows. */
  const caches = ['production', 'sandbox'].map(
    (stage) => `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/apis/*/stages/${stage}/cache/authorizers`,
  );
  const stacks = 'arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/*';
  const gateways = 'arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/*';
  const readStream = {
    Effect: 'Allow',
    Action: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `dynamodb:${action}`,
    ),
    Resource: '${Table.StreamArn}',
  };
  const sendTo = (queue: string) => ({
    Effect: 'Allow',
    Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
    Resource: `\${${queue}.Arn}`,
  });
  const resetCaches = { Effect: 'Allow', Action: 'apigateway:DELETE', Resource: caches };
  const BESIDES: Readonly<Partial<Record<TableUser, readonly object[]>>> = {
    Registrar: [
      {
        Effect: 'Allow',
        Action: ['cloudformation:DescribeStackResource', 'cloudformation:DescribeStacks'],
        Resource: stacks,
      },
      { Effect: 'Allow', Action: 'apigateway:GET', Resource: gateways },
    ],
    'Events/Publisher': [
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: '${Events/Bus.Arn}' },
      readStream,
      sendTo('Events/Undelivered'),
      resetCaches,
    ],
    'Resets/Resets': [resetCaches, readStream, sendTo('Resets/Undelivered')],
    Usage: [sendTo('UndeliveredUsage')],
  };
  /** Statements as texts in one order, single values without a list. */
  const normal = (statements: readonly object[]) =>
    statements
      .map((statement) =>
        JSON.stringify(statement, (_, value: unknown) => {
          if (!Array.isArray(value)) return value;
          const entries: readonly unknown[] = value;
          return entries.length === 1 ? entries[0] : entries.toSorted();
        }),
      )
      .toSorted();

  it.each(USERS)('of %s allow what its row of rights says, its own log and what it is there for', (user) => {
    const role = `\${${user}/Role}`;
    const policies = dev
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => [properties['Roles']].flat().includes(role));
    const writeLog = {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `\${${user}/Logs.Arn}`,
    };
    const ofTable = tableStatements(user, '${Table.Arn}').map(({ Effect, Action, Resource, Condition }) => ({
      Effect,
      Action,
      Resource,
      Condition,
    }));
    const sorted = (statement: object) =>
      Object.fromEntries(Object.entries(statement).toSorted(([one], [other]) => (one < other ? -1 : 1)));
    const found = policies.flatMap(({ properties }) => statementsOf(properties['PolicyDocument']));
    expect(normal(found.map(sorted))).toEqual(
      normal([writeLog, ...ofTable, ...(BESIDES[user] ?? [])].map(sorted)),
    );
  });

  it('are one for each function, with one policy each, and there are no others', () => {
    const expected = FUNCTIONS.map((name) => `${name}/Role`);
    const paths = (type: string) =>
      dev
        .ofType(type)
        .map(({ path }) => path)
        .toSorted();
    expect(paths('AWS::IAM::Role')).toEqual(expected);
    expect(paths('AWS::IAM::Policy')).toEqual(expected.map((path) => `${path}/DefaultPolicy`));
    expect(dev.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(USERS).toEqual(FUNCTIONS);
    for (const { properties } of dev.ofType('AWS::IAM::Role')) {
      expect(properties['AssumeRolePolicyDocument']).toEqual({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      });
    }
  });

  it('name every action and resource: no wildcard stands in any policy, but for stacks and APIs to come', () => {
    const statements = [dev, prod, external].flatMap((stack) => {
      const policies = [...stack.ofType('AWS::IAM::Policy'), ...stack.ofType('AWS::IAM::Role')];
      return policies.flatMap(({ properties }) => JSON.stringify({ ...properties, Description: '' }));
    });
    expect(statements).toHaveLength(3 * 2 * FUNCTIONS.length);
    const wildcards = statements.map((text) =>
      text
        .replaceAll(/"dynamodb:LeadingKeys":(?:\[[^\]]*\]|"[^"]*")/g, '')
        .replaceAll(JSON.stringify(caches), '')
        .replaceAll(JSON.stringify(stacks), '')
        .replaceAll(JSON.stringify(gateways), '')
        .match(/\*/g),
    );
    expect(wildcards.filter((found) => found !== null)).toEqual([]);
  });
});

const Document = z.object({ Statement: z.array(z.record(z.string(), z.unknown())) });

function statementsOf(document: unknown): readonly object[] {
  return Document.parse(document).Statement;
}
