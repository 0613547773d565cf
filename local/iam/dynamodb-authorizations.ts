import { z } from 'zod';
import { localArn } from '../assembly/physical-names.ts';
import type { TableDefinition } from '../dynamodb/table-definition.ts';
import { attributesIn, leadingKeyIn } from './dynamodb-expressions.ts';
import type { AuthorizationRequest } from './evaluate.ts';

const Value = z.record(z.string(), z.unknown());
const Item = z.record(z.string(), Value);
const Call = z.looseObject({
  TableName: z.string().default(''),
  IndexName: z.string().optional(),
  Key: Item.optional(),
  Item: Item.optional(),
  Select: z.string().optional(),
  ReturnValues: z.string().default('NONE'),
  ProjectionExpression: z.string().optional(),
  KeyConditionExpression: z.string().optional(),
  FilterExpression: z.string().optional(),
  ConditionExpression: z.string().optional(),
  UpdateExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: Item.default({}),
});
type Call = z.infer<typeof Call>;

const TransactWrite = z.object({
  TransactItems: z.array(
    z.object({
      Put: Call.optional(),
      Update: Call.optional(),
      Delete: Call.optional(),
      ConditionCheck: Call.optional(),
    }),
  ),
});
const TransactGet = z.object({ TransactItems: z.array(z.object({ Get: Call })) });
const BatchGet = z.object({
  RequestItems: z.record(z.string(), Call.omit({ TableName: true }).extend({ Keys: z.array(Item) })),
});
const BatchWrite = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.union([
        z.object({ PutRequest: z.object({ Item }) }),
        z.object({ DeleteRequest: z.object({ Key: Item }) }),
      ]),
    ),
  ),
});

/** The facts about a table that conditions of policies check. */
export type AuthorizedTable = Pick<
  TableDefinition,
  'tableName' | 'tableArn' | 'keySchema' | 'globalSecondaryIndexes' | 'localSecondaryIndexes'
>;

/**
 * The permissions that one call of DynamoDB needs: one request for each action and resource, in a transaction one for each
 * part. `tables`: by name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * @throws ZodError for a body that is none of the operation.
 */
export function dynamoDbAuthorizations(
  operation: string,
  body: unknown,
  tables: ReadonlyMap<string, AuthorizedTable>,
): readonly AuthorizationRequest[] {
  const one = (name: string, call: Call, within?: string) => requestOf(tables, name, call, within);
  switch (operation) {
    case 'TransactWriteItems':
      return TransactWrite.parse(body).TransactItems.flatMap(({ Put, Update, Delete, ConditionCheck }) => [
        ...(Put === undefined ? [] : [one('PutItem', Put, operation)]),
        ...(Update === undefined ? [] : [one('UpdateItem', Update, operation)]),
        ...(Delete === undefined ? [] : [one('DeleteItem', Delete, operation)]),
        ...(ConditionCheck === undefined ? [] : [one('ConditionCheckItem', ConditionCheck, operation)]),
      ]);
    case 'TransactGetItems':
      return TransactGet.parse(body).TransactItems.map(({ Get }) => one('GetItem', Get, operation));
    case 'BatchGetItem':
      return Object.entries(BatchGet.parse(body).RequestItems).map(([TableName, { Keys, ...call }]) =>
        mergedRequest(
          operation,
          Keys.map((Key) => one(operation, { ...call, TableName, Key })),
        ),
      );
    case 'BatchWriteItem':
      return Object.entries(BatchWrite.parse(body).RequestItems).map(([TableName, writes]) =>
        mergedRequest(
          operation,
          writes.map((write) =>
            one(
              operation,
              Call.parse({
                TableName,
                ...('PutRequest' in write ? write.PutRequest : write.DeleteRequest),
              }),
            ),
          ),
        ),
      );
    default:
      return [one(operation, Call.parse(body ?? {}))];
  }
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

function requestOf(
  tables: ReadonlyMap<string, AuthorizedTable>,
  operation: string,
  call: Call,
  within: string | undefined,
): AuthorizationRequest {
  const tableName = call.TableName.split('/').at(-1) ?? '';
  const table = tables.get(tableName);
  const tableArn = table?.tableArn ?? localArn('dynamodb', `table/${tableName}`);
  const indexes = [...(table?.globalSecondaryIndexes ?? []), ...(table?.localSecondaryIndexes ?? [])];
  const index = indexes.find(({ IndexName }) => IndexName === call.IndexName);
  const hashKey = (index?.KeySchema ?? table?.keySchema ?? []).find(
    ({ KeyType }) => KeyType === 'HASH',
  )?.AttributeName;
  const leadingKey = hashKey === undefined ? undefined : leadingKeyIn(call, hashKey);
  const isRead = READS.has(operation);
  const all = isRead && call.ProjectionExpression === undefined;
  const select = all
    ? index === undefined
      ? 'ALL_ATTRIBUTES'
      : 'ALL_PROJECTED_ATTRIBUTES'
    : 'SPECIFIC_ATTRIBUTES';
  return {
    action: `dynamodb:${operation}`,
    resource: call.IndexName === undefined ? tableArn : `${tableArn}/index/${call.IndexName}`,
    context: {
      ...(leadingKey !== undefined && { 'dynamodb:LeadingKeys': [leadingKey] }),
      // A read of everything names no attribute.
      ...(!all && { 'dynamodb:Attributes': attributesIn(call) }),
      ...(isRead && { 'dynamodb:Select': [call.Select ?? select] }),
      ...(!isRead && { 'dynamodb:ReturnValues': [call.ReturnValues] }),
      ...(within !== undefined && { 'dynamodb:EnclosingOperation': [within] }),
    },
  };
}

/** A batch: its items are authorized together. */
function mergedRequest(operation: string, requests: readonly AuthorizationRequest[]): AuthorizationRequest {
  const [first] = requests;
  const context: Record<string, readonly string[]> = {};
  for (const request of requests) {
    for (const [key, values] of Object.entries(request.context)) {
      context[key] = [...new Set([...(context[key] ?? []), ...values])];
    }
  }
  return { action: `dynamodb:${operation}`, resource: first?.resource ?? '*', context };
}
