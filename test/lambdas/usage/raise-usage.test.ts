import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../lambdas/core/http/fault.ts';
import { raiseUsage } from '../../../lambdas/functions/usage/raise-usage.ts';
import { UsageItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { usageItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { readItem } from '../../../lambdas/platform/dynamodb/read-items.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';

const KEY = '0f0e0d0c-0000-4000-8000-000000000000';

let table: TestTable;
beforeAll(async () => {
  table = await openTestTable(() => 1_000_000);
});
afterAll(() => table.close());

const stored = () => readItem(table.store, usageItemKey(KEY), UsageItem);
const seen = (at: number) => ({ lastUsed: at, values: { '1': at } });
const raise = (known: UsageItem | undefined, at: number) =>
  raiseUsage(table.store, { keyUUID: KEY }, known, seen(at));

/** Refuses the first `times` writes, as if another had been faster each time. */
async function whileOthersWrite(times: number, act: () => Promise<void>): Promise<number> {
  let refused = 0;
  const { middlewareStack } = table.store.client;
  middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== 'PutItemCommand' && commandName !== 'PutCommand') return next(args);
        if (refused === times) return next(args);
        refused += 1;
        throw new ConditionalCheckFailedException({ message: 'another was faster', $metadata: {} });
      },
    { step: 'initialize', name: 'others' },
  );
  try {
    await act();
  } finally {
    middlewareStack.remove('others');
  }
  return refused;
}

describe('the last use of a key', () => {
  it('is written after others have written it, and never goes back', async () => {
    await raise(undefined, 10);
    await raise(undefined, 20);
    expect(await stored()).toMatchObject({ lastUsed: 20, version: 2 });
    await raise(undefined, 15);
    expect(await stored()).toMatchObject({ lastUsed: 20, version: 2 });
  });

  it('is written when others were faster some times', async () => {
    expect(await whileOthersWrite(3, async () => raise(await stored(), 30))).toBe(3);
    expect(await stored()).toMatchObject({ lastUsed: 30 });
  });

  it('fails, with no answer of the REST API, when others were faster each time', async () => {
    const failed = whileOthersWrite(1_000, async () => raise(await stored(), 40));
    const error: unknown = await failed.catch((reason: unknown) => reason);
    expect(String(error)).toContain(`the last use of the key ${KEY} changed faster`);
    expect(error).not.toBeInstanceOf(Fault);
    expect(await stored()).toMatchObject({ lastUsed: 30 });
  });
});
