import { z } from 'zod';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { isRead } from './interleave.ts';

/** An item, or with `isPrefix` all items of a partition whose sort key begins so. */
interface Touched {
  readonly pk: string;
  readonly sk: string;
  readonly isPrefix: boolean;
}

/** What an operation reads and writes of the table. */
export interface TouchedItems {
  readonly read: readonly Touched[];
  readonly written: readonly Touched[];
  /** The items of each read, in the order of the answers; `unknown`: of an index, or asked for beside other reads. */
  readonly reads: readonly (readonly Touched[] | 'unknown')[];
  /** How many of them were answered before the first write. */
  readonly readsBeforeWrites: number;
}

const Key = z.object({ pk: z.string(), sk: z.string() });
const Read = z.union([
  z.object({ Key }).transform(({ Key: key }) => [key]),
  z
    .object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(Key) })) })
    .transform(({ RequestItems: tables }) => Object.values(tables).flatMap(({ Keys: keys }) => keys)),
]);
const Query = z.object({
  ExpressionAttributeValues: z.object({ ':pk': z.string(), ':prefix': z.string().default('') }),
});
const Part = z.union([
  z.object({ Put: z.object({ Item: Key }) }).transform(({ Put: put }) => put.Item),
  z.object({ Update: z.object({ Key }) }).transform(({ Update: update }) => update.Key),
  z.object({ Delete: z.object({ Key }) }).transform(({ Delete: deletion }) => deletion.Key),
]);
const Transaction = z.object({
  TransactItems: z.array(z.union([Part, z.object({ ConditionCheck: z.unknown() })])),
});

interface PendingRead {
  readonly items: readonly Touched[];
  isAlone: boolean;
}

/** Finds out what `act` touches. */
export async function touchedBy({ client }: Store, act: () => Promise<unknown>): Promise<TouchedItems> {
  const [read, written]: [Touched[], Touched[]] = [[], []];
  const reads: (readonly Touched[] | 'unknown')[] = [];
  const pending = new Set<PendingRead>();
  let readsBeforeWrites: number | undefined;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const items = itemsRead(args.input);
        read.push(...items);
        written.push(...itemsWritten(args.input));
        if (!isRead(commandName)) {
          readsBeforeWrites ??= reads.length;
          return next(args);
        }
        const own: PendingRead = { items, isAlone: pending.size === 0 && items.length > 0 };
        for (const other of pending) other.isAlone = false;
        pending.add(own);
        const answer = await next(args);
        pending.delete(own);
        reads.push(own.isAlone && !('IndexName' in args.input) ? items : 'unknown');
        return answer;
      },
    { step: 'initialize', name: 'touched' },
  );
  try {
    await act();
    return { read, written, reads, readsBeforeWrites: readsBeforeWrites ?? reads.length };
  } finally {
    client.middlewareStack.remove('touched');
  }
}

function itemsRead(input: unknown): readonly Touched[] {
  const keys = Read.safeParse(input).data ?? [];
  const query = Query.safeParse(input).data?.ExpressionAttributeValues;
  return [
    ...keys.map((key) => ({ ...key, isPrefix: false })),
    ...(query === undefined ? [] : [{ pk: query[':pk'], sk: query[':prefix'], isPrefix: true }]),
  ];
}

function itemsWritten(input: unknown): readonly Touched[] {
  const parts = Transaction.safeParse(input).data?.TransactItems ?? [];
  return parts.flatMap((part) => ('pk' in part ? [{ ...part, isPrefix: false }] : []));
}

/** Whether `other` writes anything that `one` reads or writes. */
export function meet(one: TouchedItems, other: TouchedItems): boolean {
  return areAmong(other.written, [...one.read, ...one.written]);
}

/**
 * The reads of `one`, from 0, after which `other` can make a difference. After a read of items that `other` does not
 * write, everything goes as it does when `other` comes in before that read: both have the same answers. Once `one` has
 * written, `other` could do something else than it does alone: each read counts.
 */
export function placesToMeet(one: TouchedItems, other: TouchedItems): readonly number[] {
  return [...one.reads.entries()].flatMap(([place, items]) =>
    place === 0 || place >= one.readsBeforeWrites || items === 'unknown' || areAmong(other.written, items)
      ? [place]
      : [],
  );
}

function areAmong(written: readonly Touched[], touched: readonly Touched[]): boolean {
  return written.some((item) =>
    touched.some(
      ({ pk, sk, isPrefix }) => pk === item.pk && (isPrefix ? item.sk.startsWith(sk) : sk === item.sk),
    ),
  );
}
