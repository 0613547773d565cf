import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Fault } from '../../../../lambdas/core/http/fault.ts';
import { carryOut, commit } from '../../../../lambdas/management/frame/carry-out.ts';
import {
  noChange,
  showing,
  unyielding,
  type Change,
  type Plan,
} from '../../../../lambdas/management/frame/change.ts';
import type { ItemKey } from '../../../../lambdas/platform/dynamodb/keys.ts';
import { create, replace, type Write } from '../../../../lambdas/platform/dynamodb/writes.ts';
import { interleaveEach } from '../../../support/interleave.ts';
import { countReads } from '../../../support/count-reads.ts';
import { auditEntriesOf, readTable } from '../../../support/table-contents.ts';
import { restoreTable } from '../../../support/table-snapshot.ts';
import { openTestTable, type TestTable } from '../../../support/test-table.ts';

let table: TestTable;
const time = { now: Date.parse('2026-01-01T12:00:00Z') };
const clock = () => time.now;

beforeAll(async () => {
  table = await openTestTable(clock);
});
afterAll(() => table.close());
beforeEach(() => restoreTable(table.store, []));

const caller = { subject: 'sub-alice', name: 'alice', sourceIp: '192.0.2.1', requestId: 'request' };
const Counted = z.looseObject({ version: z.number() });
const keyOf = (name: string): ItemKey => ({ pk: `OWNER#${name}`, sk: 'APP#1' });
const [ONE, OTHER] = [keyOf('one'), keyOf('other')];

const access = () => ({ store: table.store, clock });
const put = (key: ItemKey, attributes: object) =>
  table.store.client.send(
    new PutCommand({ TableName: table.store.tableName, Item: { ...attributes, ...key } }),
  );
const stored = async (key: ItemKey) => {
  const { Item: item } = await table.store.client.send(
    new GetCommand({ TableName: table.store.tableName, Key: key, ConsistentRead: true }),
  );
  return item;
};
const change = <R>(result: R, writes: readonly Write[]): Change<R> => ({
  result,
  writes,
  audit: { action: 'decision.block', resourceId: 'key', owner: 'sub-alice', after: { status: 'BLOCKED' } },
});

/** Writes `ONE` by what `OTHER` says. */
const copying: Plan<unknown> = async (read) => {
  const [one, other] = [await read.item(ONE, Counted), await read.item(OTHER, Counted)];
  if (one === undefined) throw new Error('the item is missing');
  return change(other?.['text'], [replace(ONE, one, { text: other?.['text'] })]);
};

describe('a plan', () => {
  it('reads each item once, however it asks for it and however often', async () => {
    await put(ONE, { version: 1 });
    const asking: Plan<void> = async (read) => {
      await read.item(ONE, Counted);
      await read.loosely.item(ONE, Counted);
      await read.items([ONE, OTHER, ONE], Counted);
      await read.item(OTHER, Counted);
      return noChange(undefined);
    };
    const { reads } = await countReads(table.store, () => commit(access(), { caller }, asking));
    expect(reads).toEqual([ONE, OTHER]);
  });

  it('takes single items from a part of a partition that it has read', async () => {
    await put(ONE, { version: 1 });
    const asking: Plan<unknown> = async (read) => {
      const partition = { pk: ONE.pk, prefix: '' };
      await read.partition(partition, Counted);
      await read.partition(partition, Counted);
      return noChange(await read.item(ONE, Counted));
    };
    const { reads, result } = await countReads(table.store, () => commit(access(), { caller }, asking));
    expect(result).toMatchObject({ version: 1 });
    expect(reads).toEqual([ONE]);
  });

  it.each([
    ['changes', { version: 1, text: 'old' }, { version: 2, text: 'new' }],
    ['comes into being', undefined, { version: 1, text: 'new' }],
    [
      'counts its writes as revisions and changes',
      { revision: 1, version: '1.0.0', text: 'old' },
      { revision: 2, version: '1.0.0', text: 'new' },
    ],
    [
      'has no revision yet and gets one',
      { apiId: 'a', version: '1.0.0', text: 'old' },
      { apiId: 'a', revision: 1, version: '1.0.0', text: 'new' },
    ],
  ])('starts over when an item that it only read %s in between', async (_how, before, after) => {
    await put(ONE, { version: 1 });
    if (before !== undefined) await put(OTHER, before);
    const Any = z.looseObject({ version: z.unknown() });
    const plan: Plan<unknown> = async (read) => {
      const [other, one] = [await read.item(OTHER, Any), await read.item(ONE, Counted)];
      return change(other?.['text'], [replace(ONE, one ?? { version: 0 }, { text: other?.['text'] })]);
    };
    const { result } = await interleaveEach(
      table.store,
      () => commit(access(), { caller }, plan),
      async (time) => {
        if (time === 1) await put(OTHER, after);
      },
    );
    expect(result).toBe('new');
    expect(await stored(ONE)).toMatchObject({ text: 'new', version: 2 });
  });

  it('writes on when an item that it read loosely changes in between', async () => {
    await put(ONE, { version: 1 });
    await put(OTHER, { version: 1, text: 'old' });
    const plan: Plan<unknown> = async (read) => {
      const one = await read.item(ONE, Counted);
      const other = await read.loosely.item(OTHER, Counted);
      return change(other?.['text'], [replace(ONE, one ?? { version: 0 }, {})]);
    };
    const { result } = await interleaveEach(
      table.store,
      () => commit(access(), { caller }, plan),
      async (time) => {
        if (time === 1) await put(OTHER, { version: 2, text: 'new' });
      },
    );
    expect(result).toBe('old');
  });

  it('takes an item past its TTL for absent, and is not kept by it from writing', async () => {
    await put(OTHER, { version: 7, text: 'ended', ttl: Math.floor(time.now / 1000) });
    await put(ONE, { version: 1 });
    expect(await commit(access(), { caller }, copying)).toBeUndefined();
    expect(await stored(ONE)).toMatchObject({ version: 2 });
  });

  it('cannot make a write depend on an item that does not count its writes', async () => {
    await put(ONE, { version: 1 });
    await put(OTHER, { text: 'uncounted' });
    const plan: Plan<unknown> = async (read) => {
      await read.item(OTHER, z.unknown());
      return change(undefined, [create(keyOf('new'), {})]);
    };
    await expect(commit(access(), { caller }, plan)).rejects.toThrow('does not count its writes');
    expect(await stored(keyOf('new'))).toBeUndefined();
  });

  it('of an ending is tried eighty times, also when its answer shows more', async () => {
    let tries = 0;
    const losing = unyielding(async (read) => {
      tries += 1;
      const one = await read.item(ONE, Counted);
      return change('done', tries < 20 ? [replace(ONE, { version: -1 }, {})] : [create(ONE, { one })]);
    });
    const shown = showing(losing, () => Promise.resolve((result) => ({ result })));
    expect(await commit(access(), { caller }, shown)).toEqual({ result: 'done' });
    expect(tries).toBe(20);
  });

  it('gives up after ten attempts in which others were faster, and has written nothing', async () => {
    const losing: Plan<unknown> = () =>
      Promise.resolve(change(undefined, [create(OTHER, {}), replace(ONE, { version: 1 }, {})]));
    await expect(commit(access(), { caller }, losing)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readTable(table.store)).toEqual([]);
  });
});

describe('a change', () => {
  it('is one transaction with its entry of the audit trail', async () => {
    await commit(access(), { caller }, () => Promise.resolve(change(undefined, [create(ONE, {})])));
    expect(auditEntriesOf(await readTable(table.store))).toMatchObject([
      { action: 'decision.block', actor: 'sub-alice', resourceId: 'key' },
    ]);
    const again: Plan<unknown> = () => Promise.resolve(change(undefined, [create(ONE, {})]));
    await expect(commit(access(), { caller }, again)).rejects.toMatchObject({ code: 'conflict' });
    expect(auditEntriesOf(await readTable(table.store))).toHaveLength(1);
  });

  it('that writes nothing leaves the table as it is, whatever it depended on', async () => {
    const plan: Plan<string> = async (read) => {
      await read.item(ONE, Counted);
      return noChange('so already');
    };
    expect(await commit(access(), { caller }, plan)).toBe('so already');
    expect(await readTable(table.store)).toEqual([]);
  });

  it('goes on with what follows it once it is written, and not when it is not', async () => {
    const followed: unknown[] = [];
    const plan: Plan<string> = () =>
      Promise.resolve({
        ...change('first', [create(ONE, { version: 1 })]),
        followUp: async () => {
          followed.push(await stored(ONE));
          return 'last';
        },
      });
    expect(await commit(access(), { caller }, plan)).toBe('last');
    expect(followed).toMatchObject([{ version: 1 }]);
    await expect(commit(access(), { caller }, plan)).rejects.toMatchObject({ code: 'conflict' });
    expect(followed).toHaveLength(1);
  });

  it.each([
    [[1], 'is carried out', undefined],
    ['*', 'is carried out', undefined],
    [[2, 3], 'is refused', 'precondition_failed'],
  ] as const)('whose If-Match is %j %s for an item at version 1', async (ifMatch, _outcome, code) => {
    await put(ONE, { version: 1 });
    const plan: Plan<void> = async (read) => {
      const one = await read.item(ONE, Counted);
      read.requireVersion(one?.version ?? 0);
      return change(undefined, [replace(ONE, one ?? { version: 0 }, {})]);
    };
    const outcome = await commit(access(), { caller, ifMatch }, plan).catch((error: unknown) => error);
    expect(outcome instanceof Fault ? outcome.code : outcome).toBe(code);
    expect(await stored(ONE)).toMatchObject({ version: code === undefined ? 2 : 1 });
  });
});

describe('a request with an Idempotency-Key', () => {
  const idempotency = { key: 'idempotency-key-of-a-test', content: { operationId: 'test' } };
  const view = (result: number) => ({ status: 200, body: { result } }) as const;
  const counting = () => {
    let plans = 0;
    const plan: Plan<number> = () => {
      plans += 1;
      return Promise.resolve(change(plans, [create(keyOf(`item ${plans}`), {})]));
    };
    return plan;
  };

  it('is carried out once, and answered the same again', async () => {
    const plan = counting();
    const send = () => carryOut(access(), { caller, idempotency }, plan, view);
    expect(await send()).toEqual({ status: 200, body: { result: 1 } });
    expect(await send()).toEqual({ status: 200, body: { result: 1 }, replayed: true });
    expect(await stored(keyOf('item 2'))).toBeUndefined();
    expect(auditEntriesOf(await readTable(table.store))).toHaveLength(1);
  });

  it('is answered with what it did when it is refused for that', async () => {
    const once: Plan<number> = async (read) => {
      if ((await read.item(ONE, Counted)) !== undefined) throw new Fault('conflict', 'It is there already.');
      return change(1, [create(ONE, { version: 1 })]);
    };
    await carryOut(access(), { caller, idempotency }, once, view);
    expect(await carryOut(access(), { caller, idempotency }, once, view)).toMatchObject({ replayed: true });
  });

  it('is refused when its key was used for another request', async () => {
    await carryOut(access(), { caller, idempotency }, counting(), view);
    const other = { ...idempotency, content: { operationId: 'other' } };
    const outcome = carryOut(access(), { caller, idempotency: other }, counting(), view);
    await expect(outcome).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('that is refused can be sent again, and is then carried out', async () => {
    let isRefused = true;
    const plan: Plan<number> = () => {
      if (isRefused) throw new Fault('conflict', 'Not yet.');
      return Promise.resolve(change(1, [create(ONE, {})]));
    };
    const send = () => carryOut(access(), { caller, idempotency }, plan, view);
    await expect(send()).rejects.toMatchObject({ code: 'conflict' });
    isRefused = false;
    expect(await send()).toEqual({ status: 200, body: { result: 1 } });
  });
});
