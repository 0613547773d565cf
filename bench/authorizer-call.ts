import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { authorize } from '../lambdas/functions/authorizer/authorize.ts';
import { AUTHORIZER_CLIENT } from '../lambdas/functions/authorizer/client-settings.ts';
import { wireAuthorizer } from '../lambdas/functions/authorizer/wire-authorizer.ts';
import { digestKeyValue } from '../lambdas/core/keys/key-value.ts';
import { systemClock } from '../lambdas/platform/clock.ts';
import { credentialItemKey } from '../lambdas/platform/dynamodb/keys.ts';
import { authorizerEvent } from './authorizer-event.ts';
import { formatRate, type Finding } from './finding.ts';
import { openKeyTable, type BenchPolicy, type KeyTable } from './key-table.ts';
import { interleave, perSecond, summarise, type Contest } from './measure.ts';
import { PERMITTED_IP, PERMITTED_REFERRER } from './restricted-key.ts';

const LIMITS = { rounds: 1_500, budgetMilliseconds: 12_000 };
/** Calls of one sample, one after the other, as a Lambda instance takes them. Few, to lie close to the other's. */
const BATCH = 5;
/** Of calls that read nothing, more: five would be over before the clock has moved. */
const BOUNDED_BATCH = 500;
const NO_RESTRICTIONS = { permittedIp: [], permittedReferrer: [] };

/** Calls per second of the authorizer against bare reads of the same item, and of its modes against each other. */
export async function benchAuthorizerCall(): Promise<readonly Finding[]> {
  const table = await openKeyTable((endpoint) => createClient(endpoint));
  try {
    const plain = await table.issueKey(NO_RESTRICTIONS);
    const restricted = await table.issueKey({
      permittedIp: PERMITTED_IP,
      permittedReferrer: PERMITTED_REFERRER,
    });
    return [
      await compareWithRead(table, 'authorizer, key without restrictions', plain),
      await compareWithRead(table, 'authorizer, 10 IP and 10 referrer rules', restricted),
      await compareLimits(table),
      await compareBounded(table),
    ];
  } finally {
    await table.close();
  }
}

async function compareWithRead(
  { client, tableName }: KeyTable,
  name: string,
  value: string,
): Promise<Finding> {
  const { pk, sk } = credentialItemKey(digestKeyValue(value));
  const getItem = { TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
  const contest = {
    subject: allowedCalls(client, tableName, value),
    baseline: () =>
      repeat(BATCH, async () => {
        const { Item: item } = await client.send(new GetItemCommand(getItem));
        if (item === undefined) throw new Error("the benchmark's own item is not there");
      }),
  };
  return finding(name, contest, 'bare GetItem', 0.85);
}

/** A key whose plan and application both have a limit, against one without: the same reads, and leases. */
async function compareLimits(table: KeyTable): Promise<Finding> {
  const calls = async (policy: BenchPolicy) =>
    allowedCalls(table.client, table.tableName, await table.issueKey(NO_RESTRICTIONS, policy));
  const contest = { subject: await calls('Limited'), baseline: await calls('Unlimited') };
  return finding('authorizer, two limits', contest, 'without limits', 0.9);
}

/** The same key at an API that is fresh within a bound, and at a strict one. */
async function compareBounded(table: KeyTable): Promise<Finding> {
  const { client, tableName } = table;
  const value = await table.issueKey(NO_RESTRICTIONS);
  const contest = {
    subject: allowedCalls(client, tableName, value, 'bounded:60', BOUNDED_BATCH),
    baseline: allowedCalls(client, tableName, value),
  };
  return finding('authorizer, bounded', contest, 'strict', 10);
}

async function finding(
  name: string,
  contest: Contest<number>,
  baselineName: string,
  atLeast: number,
): Promise<Finding> {
  const { subject, baseline, ratio } = summarise(await interleave(contest, LIMITS));
  return {
    name,
    measured: formatRate(subject),
    against: `${formatRate(baseline)} ${baselineName}`,
    ratio: ratio.median,
    spread: ratio,
    target: { atLeast },
  };
}

/** Samples of calls of one instance of the authorizer, all of which must be allowed. */
function allowedCalls(
  client: DynamoDBClient,
  tableName: string,
  value: string,
  freshness = 'strict',
  batch = BATCH,
): () => Promise<number> {
  const authorizeCall = wire(client, tableName);
  const event = authorizerEvent(value, freshness);
  return () =>
    repeat(batch, async () => {
      const answer = await authorizeCall(event);
      if ('errorMessage' in answer || !answer.isAuthorized) {
        throw new Error("the benchmark's own call was refused");
      }
    });
}

/** As `lambdas/functions/authorizer/handler.ts` does it, but for the log. */
function wire(client: DynamoDBClient, tableName: string) {
  const dependencies = wireAuthorizer({
    client,
    counterClient: client,
    tableName,
    clock: systemClock,
    log: () => undefined,
  });
  return (event: Parameters<typeof authorize>[1]) => authorize(dependencies, event);
}

function createClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...AUTHORIZER_CLIENT,
  });
}

function repeat(count: number, call: () => Promise<void>): Promise<number> {
  return perSecond(count, async () => {
    for (let index = 0; index < count; index += 1) await call();
  });
}
