import { describe, expect, it } from 'vitest';
import {
  apiKey,
  COUNTER_PARTITION_PREFIX,
  BATCH_PARTITION_PREFIX,
  CALLS_PARTITION_PREFIX,
  credentialKey,
  keyReferenceKey,
  LISTING_INDEX,
  LISTINGS,
  ownerPartition,
  policyPartition,
  REFUSAL_PARTITION_PREFIX,
} from '../../lambdas/platform/dynamodb/keys.ts';
import { FUNCTIONS, MANAGERS, OWN_ISSUER, synthesizeCore } from './core-stack.ts';

const dev = synthesizeCore();
const prod = synthesizeCore({ stage: 'prod' });
const external = synthesizeCore({ identity: OWN_ISSUER, portalOrigins: ['https://portal.example.com'] });

describe('the roles', () => {
  const writeLogs = (name: string) => ({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `\${${name}/Logs.Arn}`,
  });
  const onTable = (...actions: string[]) => ({
    Effect: 'Allow',
    Action:
      actions.length === 1 ? `dynamodb:${actions[0] ?? ''}` : actions.map((action) => `dynamodb:${action}`),
    Resource: '${Table.Arn}',
  });
  const inPartitions = (...prefixes: string[]) => ({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) },
  });
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
  const onListing = {
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource: `\${Table.Arn}/index/${LISTING_INDEX}`,
  };

  /** Of all APIs: which repeat decisions, only the table knows. */
  const caches = ['production', 'sandbox'].map(
    (stage) => `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/apis/*/stages/${stage}/cache/authorizers`,
  );
  const sendResets = [
    { Effect: 'Allow', Action: 'apigateway:DELETE', Resource: caches },
    { ...onTable('BatchGetItem'), Condition: inPartitions(apiKey('').pk) },
    { ...onTable('Query'), Condition: inPartitions(ownerPartition('')) },
    {
      ...onListing,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [LISTINGS.apis] } },
    },
  ];

  it.each([
    {
      name: 'Authorizer',
      may: 'read what decides one by one, of a developer just the policy of an application, and count',
      statements: [
        {
          ...onTable('GetItem'),
          Condition: inPartitions(
            credentialKey('').pk,
            apiKey('').pk,
            policyPartition(''),
            COUNTER_PARTITION_PREFIX,
          ),
        },
        { ...onTable('UpdateItem'), Condition: inPartitions(COUNTER_PARTITION_PREFIX) },
        {
          ...onTable('GetItem'),
          Condition: {
            'ForAllValues:StringLike': {
              'dynamodb:LeadingKeys': [`${ownerPartition('')}*`],
              'dynamodb:Attributes': ['pk', 'sk', 'throttlingPolicy'],
            },
          },
        },
      ],
    },
    {
      name: 'Registrar',
      may: 'read and write single items',
      statements: [onTable('DeleteItem', 'GetItem', 'PutItem', 'UpdateItem')],
    },
    ...Object.keys(MANAGERS).map((name) => ({
      name,
      may: 'read, query and write items, and query the lists',
      statements: [
        onTable(
          'BatchGetItem',
          'ConditionCheckItem',
          'DeleteItem',
          'GetItem',
          'PutItem',
          'Query',
          'UpdateItem',
        ),
        onListing,
      ],
    })),
    {
      name: 'Events/Publisher',
      may: 'read the stream, publish, look for keys that expire, note down who was reminded, and reset caches',
      statements: [
        { Effect: 'Allow', Action: 'events:PutEvents', Resource: '${Events/Bus.Arn}' },
        readStream,
        sendTo('Events/Undelivered'),
        { ...onListing, Condition: inPartitions(LISTINGS.expiringOn('')) },
        { ...onTable('BatchGetItem'), Condition: inPartitions(ownerPartition(''), keyReferenceKey('').pk) },
        { ...onTable('PutItem'), Condition: inPartitions(keyReferenceKey('').pk) },
        ...sendResets,
      ],
    },
    {
      name: 'Resets/Resets',
      may: 'read the stream, look for values that end, and reset caches',
      statements: [
        ...sendResets,
        readStream,
        sendTo('Resets/Undelivered'),
        {
          ...onListing,
          Condition: inPartitions(LISTINGS.expiringOn(''), LISTINGS.graceEndingOn('')),
        },
      ],
    },
    {
      name: 'Usage',
      may: 'look up keys by id, note down their use, count calls once, record refusals, and put aside what it fails at',
      statements: [
        {
          ...onTable('BatchGetItem', 'GetItem', 'PutItem'),
          Condition: inPartitions(keyReferenceKey('').pk),
        },
        { ...onTable('UpdateItem'), Condition: inPartitions(CALLS_PARTITION_PREFIX) },
        { ...onTable('PutItem'), Condition: inPartitions(BATCH_PARTITION_PREFIX) },
        {
          ...onTable('BatchWriteItem', 'UpdateItem'),
          Condition: inPartitions(REFUSAL_PARTITION_PREFIX),
        },
        {
          Effect: 'Allow',
          Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
          Resource: '${UndeliveredUsage.Arn}',
        },
      ],
    },
    {
      name: 'Holder',
      may: 'read, query and write items, and see no list',
      statements: [onTable('DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem')],
    },
  ])('$name may $may, beside writing its own log', ({ name, statements }) => {
    const role = `\${${name}/Role}`;
    const policies = dev
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => [properties['Roles']].flat().includes(role));
    expect(policies.map(({ properties: { PolicyName, ...rest } }) => rest)).toEqual([
      {
        PolicyDocument: { Version: '2012-10-17', Statement: [writeLogs(name), ...statements] },
        Roles: [role],
      },
    ]);
    const { Description, ...rest } = dev.at(`${name}/Role`).properties;
    expect(rest).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    });
  });

  it('are one for each function, with one policy each, and there are no others', () => {
    const expected = FUNCTIONS.map((name) => `${name}/Role`);
    expect(
      dev
        .ofType('AWS::IAM::Role')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(expected);
    expect(
      dev
        .ofType('AWS::IAM::Policy')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(expected.map((path) => `${path}/DefaultPolicy`));
    expect(dev.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('name every action and resource: no wildcard stands in any policy, but for caches of APIs to come', () => {
    const statements = [dev, prod, external].flatMap((stack) => {
      const policies = [...stack.ofType('AWS::IAM::Policy'), ...stack.ofType('AWS::IAM::Role')];
      return policies.flatMap(({ properties }) => JSON.stringify({ ...properties, Description: '' }));
    });
    expect(statements).toHaveLength(3 * 2 * FUNCTIONS.length);
    const wildcards = statements.map((text) =>
      text
        .replaceAll(/"dynamodb:LeadingKeys":\[[^\]]*\]/g, '')
        .replaceAll(JSON.stringify(caches), '')
        .match(/\*/g),
    );
    expect(wildcards.filter((found) => found !== null)).toEqual([]);
  });
});
