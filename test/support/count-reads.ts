import { z } from 'zod';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';

interface ReadItem {
  readonly pk: string;
  readonly sk: string;
}

/** What was read between two transactions, or before the first one and after the last. */
export type Attempt = readonly ReadItem[];

const Key = z.object({ pk: z.string(), sk: z.string() });
const Get = z.object({ Key, ProjectionExpression: z.undefined().optional() });
const BatchGet = z.object({
  RequestItems: z.record(
    z.string(),
    z.object({ Keys: z.array(Key), ProjectionExpression: z.undefined().optional() }),
  ),
});
const Query = z.object({
  IndexName: z.undefined().optional(),
  ProjectionExpression: z.undefined().optional(),
});
const Found = z.object({ output: z.object({ Items: z.array(z.looseObject(Key.shape)).default([]) }) });

/**
 * Notes each item that `act` reads whole from the table, with those that it asks for in vain. Neither lists of the index count,
 * nor reads of some attributes: nobody takes what they tell for an item.
 */
export async function countReads<T>(
  { client: { middlewareStack } }: Store,
  act: () => Promise<T>,
): Promise<{
  readonly result: T;
  readonly reads: readonly ReadItem[];
  readonly attempts: readonly Attempt[];
}> {
  const attempts: ReadItem[][] = [[]];
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (commandName.startsWith('TransactWrite')) attempts.push([]);
        const answer = await next(args);
        attempts.at(-1)?.push(...itemsReadBy(args.input, answer));
        return answer;
      },
    { step: 'initialize', name: 'counted reads' },
  );
  try {
    return { result: await act(), reads: attempts.flat(), attempts };
  } finally {
    middlewareStack.remove('counted reads');
  }
}

function itemsReadBy(input: unknown, answer: unknown): readonly ReadItem[] {
  const get = Get.safeParse(input);
  if (get.success) return [get.data.Key];
  const batch = BatchGet.safeParse(input);
  if (batch.success) return Object.values(batch.data.RequestItems).flatMap(({ Keys: keys }) => keys);
  const isQuery = z.object({ KeyConditionExpression: z.string() }).safeParse(input).success;
  if (!isQuery || !Query.safeParse(input).success) return [];
  return Found.parse(answer).output.Items.map(({ pk, sk }) => ({ pk, sk }));
}
