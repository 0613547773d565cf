import type { Store } from '../../lambdas/platform/dynamodb/store.ts';

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

/** Whether a command of the SDK reads items. */
export function isRead(commandName: string): boolean {
  return /^(?:Get|BatchGet|Query)/.test(commandName);
}
