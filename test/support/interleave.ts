import { AsyncLocalStorage } from 'node:async_hooks';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';

/** Names of the commands that read. */

/** What came of a request while which another one was carried out. */
export interface Interleaved<T> {
  readonly result: T;
  /** Reads that the request made before the other came in, and after. */
  readonly reads: number;
  readonly cameIn: boolean;
}

/**
 * Carries `act` out and lets `other` in, from its beginning to its end, as soon as `act` has the answer to its read
 * number `place` (from 0): all that it goes on to decide by what it has read so far is out of date.
 */
export async function interleave<T>(
  { client: { middlewareStack } }: Store,
  place: number,
  act: () => Promise<T>,
  other: () => Promise<unknown>,
): Promise<Interleaved<T>> {
  let reads = 0;
  let isInside = false;
  let cameIn = false;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answer = await next(args);
        if (isInside || !isRead(commandName)) return answer;
        reads += 1;
        if (reads !== place + 1) return answer;
        [isInside, cameIn] = [true, true];
        await other();
        isInside = false;
        return answer;
      },
    { step: 'initialize', name: 'interleaving' },
  );
  try {
    return { result: await act(), reads, cameIn };
  } finally {
    middlewareStack.remove('interleaving');
  }
}

/**
 * Carries `act` out and lets `other` in after each of its reads: none of what it knows is up to date for longer than one
 * read.
 * @param other is told how many reads there were before.
 * @returns what `act` returns, and how many reads it made.
 */
export async function interleaveEach<T>(
  { client: { middlewareStack } }: Store,
  act: () => Promise<T>,
  other: (readsBefore: number) => Promise<unknown>,
): Promise<{ readonly result: T; readonly reads: number }> {
  let reads = 0;
  let letIn = Promise.resolve();
  const isOther = new AsyncLocalStorage<true>();
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answer = await next(args);
        if (isOther.getStore() === true || !isRead(commandName)) return answer;
        const readsBefore = reads;
        reads += 1;
        // Reads at the same time: the others come in one after the other.
        letIn = letIn.then(async () => {
          await isOther.run(true, () => other(readsBefore));
        });
        await letIn;
        return answer;
      },
    { step: 'initialize', name: 'interleaving each' },
  );
  try {
    return { result: await act(), reads };
  } finally {
    middlewareStack.remove('interleaving each');
  }
}

/** Whether a command of the SDK reads items. */
export function isRead(commandName: string): boolean {
  return /^(?:Get|BatchGet|Query)/.test(commandName);
}
