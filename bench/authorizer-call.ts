import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { authorize } from '../lambdas/authorizer/authorize.ts';
import { AUTHORIZER_CLIENT } from '../lambdas/authorizer/client-settings.ts';
import { wireAuthorizer } from '../lambdas/authorizer/wire-authorizer.ts';
import { digestKeyValue } from '../lambdas/core/key-value.ts';
import { systemClock } from '../lambdas/platform/clock.ts';
import { credentialKey } from '../lambdas/platform/dynamodb/keys.ts';
import { authorizerEvent } from './authorizer-event.ts';
import { formatRate, type Finding } from './finding.ts';
import { interleave, perSecond, summarise } from './measure.ts';
import { openKeyTable, type KeyTable } from './key-table.ts';
import { PERMITTED_IP, PERMITTED_REFERRER } from './restricted-key.ts';

const LIMITS = { rounds: 1_500, budgetMilliseconds: 18_000 };
/** Calls of one sample, one after the other, as a Lambda instance takes them. Few, to lie close to the other's. */
const BATCH = 5;

/** Calls per second of the authorizer against bare reads of the same item with the same client. */
export async function benchAuthorizerCall(): Promise<readonly Finding[]> {
  const table = await openKeyTable((endpoint) => createClient(endpoint));
  try {
    const plain = await table.issueKey({ permittedIp: [], permittedReferrer: [] });
    const restricted = await table.issueKey({
      permittedIp: PERMITTED_IP,
      permittedReferrer: PERMITTED_REFERRER,
    });
    return [
      await benchKey(table, 'authorizer, key without restrictions', plain),
      await benchKey(table, 'authorizer, 10 IP and 10 referrer rules', restricted),
    ];
  } finally {
    await table.close();
  }
}

async function benchKey({ client, tableName }: KeyTable, name: string, value: string): Promise<Finding> {
  const authorizeCall = wire(client, tableName);
  const event = authorizerEvent(value);
  const { pk, sk } = credentialKey(digestKeyValue(value));
  const getItem = { TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };

  const rounds = await interleave(
    {
      subject: () =>
        repeat(async () => {
          const { isAuthorized } = await authorizeCall(event);
          if (!isAuthorized) throw new Error("the benchmark's own call was refused");
        }),
      baseline: () =>
        repeat(async () => {
          const { Item: item } = await client.send(new GetItemCommand(getItem));
          if (item === undefined) throw new Error("the benchmark's own item is not there");
        }),
    },
    LIMITS,
  );
  const { subject, baseline, ratio } = summarise(rounds);
  return {
    name,
    measured: formatRate(subject),
    against: `${formatRate(baseline)} bare GetItem`,
    ratio: ratio.median,
    spread: ratio,
    target: { atLeast: 0.85 },
  };
}

/** As `lambdas/authorizer/handler.ts` does it, but for the log. */
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

function repeat(call: () => Promise<void>): Promise<number> {
  return perSecond(BATCH, async () => {
    for (let index = 0; index < BATCH; index += 1) await call();
  });
}
