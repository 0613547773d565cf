import { z } from 'zod';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';

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

/** Finds out what `act` touches. */
export async function touchedBy({ client }: Store, act: () => Promise<unknown>): Promise<TouchedItems> {
  const [read, written]: [Touched[], Touched[]] = [[], []];
  client.middlewareStack.add(
    (next) => (args) => {
      const { input } = args;
      const keys = Read.safeParse(input).data ?? [];
      read.push(...keys.map((key) => ({ ...key, isPrefix: false })));
      const query = Query.safeParse(input).data?.ExpressionAttributeValues;
      if (query !== undefined) read.push({ pk: query[':pk'], sk: query[':prefix'], isPrefix: true });
      const parts = Transaction.safeParse(input).data?.TransactItems ?? [];
      written.push(...parts.flatMap((part) => ('pk' in part ? [{ ...part, isPrefix: false }] : [])));
      return next(args);
    },
    { step: 'initialize', name: 'touched' },
  );
  try {
    await act();
    return { read, written };
  } finally {
    client.middlewareStack.remove('touched');
  }
}

/** Whether `other` writes anything that `one` reads or writes. */
export function meet(one: TouchedItems, other: TouchedItems): boolean {
  return other.written.some((item) =>
    [...one.read, ...one.written].some(
      ({ pk, sk, isPrefix }) => pk === item.pk && (isPrefix ? item.sk.startsWith(sk) : sk === item.sk),
    ),
  );
}
