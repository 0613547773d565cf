import { describe, expect, it } from 'vitest';
import { dynamoDbAuthorizations } from '../../../local/iam/dynamodb-authorizations.ts';

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/keys';
const tables = new Map([
  [
    'keys',
    {
      tableName: 'keys',
      tableArn: ARN,
      keySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      globalSecondaryIndexes: [
        {
          IndexName: 'listing',
          KeySchema: [{ AttributeName: 'listing', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      localSecondaryIndexes: [],
    },
  ],
]);
const Key = { pk: { S: 'KEY#1' }, sk: { S: 'KEY' } };
const of = (operation: string, body: object) => dynamoDbAuthorizations(operation, body, tables);

describe('what a call of DynamoDB must be allowed', () => {
  it('is, for a read of an item, all of it, unless it names attributes', () => {
    expect(of('GetItem', { TableName: 'keys', Key })).toEqual([
      {
        action: 'dynamodb:GetItem',
        resource: ARN,
        context: { 'dynamodb:LeadingKeys': ['KEY#1'], 'dynamodb:Select': ['ALL_ATTRIBUTES'] },
      },
    ]);
    const some = {
      ProjectionExpression: '#o, nested.part[0].pk2',
      ExpressionAttributeNames: { '#o': 'owner' },
    };
    expect(of('GetItem', { TableName: ARN, Key, ...some })[0]?.context).toEqual({
      'dynamodb:LeadingKeys': ['KEY#1'],
      'dynamodb:Attributes': ['pk', 'sk', 'owner', 'nested'],
      'dynamodb:Select': ['SPECIFIC_ATTRIBUTES'],
    });
  });

  it('is, for writes, the attributes of the item and of its expressions', () => {
    expect(
      of('PutItem', {
        TableName: 'keys',
        Item: { ...Key, owner: { S: 'alice' } },
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': { N: '1' } },
      }),
    ).toEqual([
      {
        action: 'dynamodb:PutItem',
        resource: ARN,
        context: {
          'dynamodb:LeadingKeys': ['KEY#1'],
          'dynamodb:Attributes': ['pk', 'sk', 'owner', 'ttl'],
          'dynamodb:ReturnValues': ['NONE'],
        },
      },
    ]);
    const update = {
      TableName: 'keys',
      Key,
      UpdateExpression: 'ADD #used :count SET #ttl = :ttl REMOVE map.#entry',
      ExpressionAttributeNames: { '#used': 'used', '#ttl': 'ttl', '#entry': 'x' },
      ReturnValues: 'ALL_NEW',
    };
    expect(of('UpdateItem', update)[0]?.context).toEqual({
      'dynamodb:LeadingKeys': ['KEY#1'],
      'dynamodb:Attributes': ['pk', 'sk', 'used', 'ttl', 'map'],
      'dynamodb:ReturnValues': ['ALL_NEW'],
    });
  });

  it('is, for a query, the partition of the table or of the index', () => {
    const query = {
      TableName: 'keys',
      KeyConditionExpression: 'sk > :a AND #pk = :pk',
      ExpressionAttributeNames: { '#pk': 'pk' },
      ExpressionAttributeValues: { ':a': { S: 'a' }, ':pk': { S: 'OWNER#alice' } },
    };
    expect(of('Query', query)).toMatchObject([
      { resource: ARN, context: { 'dynamodb:LeadingKeys': ['OWNER#alice'] } },
    ]);
    expect(
      of('Query', {
        TableName: 'keys',
        IndexName: 'listing',
        KeyConditionExpression: 'listing = :l',
        ExpressionAttributeValues: { ':l': { S: 'API' } },
      }),
    ).toEqual([
      {
        action: 'dynamodb:Query',
        resource: `${ARN}/index/listing`,
        context: { 'dynamodb:LeadingKeys': ['API'], 'dynamodb:Select': ['ALL_PROJECTED_ATTRIBUTES'] },
      },
    ]);
  });

  it('names no partition for a scan', () => {
    expect(of('Scan', { TableName: 'keys' })).toEqual([
      { action: 'dynamodb:Scan', resource: ARN, context: { 'dynamodb:Select': ['ALL_ATTRIBUTES'] } },
    ]);
  });

  it('is, for a transaction, what each of its parts does', () => {
    const parts = of('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'keys', Item: { pk: { S: 'AUDIT#1' } } } },
        { Update: { TableName: 'keys', Key, UpdateExpression: 'SET a = :a' } },
        { Delete: { TableName: 'keys', Key } },
        { ConditionCheck: { TableName: 'keys', Key, ConditionExpression: 'attribute_exists(pk)' } },
      ],
    });
    expect(parts.map(({ action, context }) => [action, context['dynamodb:LeadingKeys']])).toEqual([
      ['dynamodb:PutItem', ['AUDIT#1']],
      ['dynamodb:UpdateItem', ['KEY#1']],
      ['dynamodb:DeleteItem', ['KEY#1']],
      ['dynamodb:ConditionCheckItem', ['KEY#1']],
    ]);
    expect(of('TransactGetItems', { TransactItems: [{ Get: { TableName: 'keys', Key } }] })).toMatchObject([
      { action: 'dynamodb:GetItem', context: { 'dynamodb:EnclosingOperation': ['TransactGetItems'] } },
    ]);
  });

  it('is, for a batch, the partitions of all its items', () => {
    const other = { pk: { S: 'OWNER#bob' }, sk: { S: 'x' } };
    expect(of('BatchGetItem', { RequestItems: { keys: { Keys: [Key, other, Key] } } })).toMatchObject([
      { action: 'dynamodb:BatchGetItem', context: { 'dynamodb:LeadingKeys': ['KEY#1', 'OWNER#bob'] } },
    ]);
    const writes = [{ PutRequest: { Item: { ...Key, a: { S: 'a' } } } }, { DeleteRequest: { Key: other } }];
    expect(of('BatchWriteItem', { RequestItems: { keys: writes } })).toMatchObject([
      { action: 'dynamodb:BatchWriteItem', context: { 'dynamodb:LeadingKeys': ['KEY#1', 'OWNER#bob'] } },
    ]);
  });
});
