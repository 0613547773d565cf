import type { Store } from '../../lambdas/platform/dynamodb/store.ts';

/**
 * Carries `act` out while `other` is faster each time: whatever `act` reads is out of date before it writes.
 * @returns what `act` returns, and how often it was disturbed.
 */
export async function interfere<T>(
  { client: { middlewareStack } }: Store,
  act: () => Promise<T>,
  other: (time: number) => Promise<unknown>,
): Promise<{ readonly result: T; readonly times: number }> {
  let times = 0;
  let isInside = false;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (isInside || !commandName.startsWith('TransactWrite')) return next(args);
        isInside = true;
        try {
          await other(times);
        } finally {
          isInside = false;
        }
        times += 1;
        return next(args);
      },
    { step: 'initialize', name: 'interference' },
  );
  try {
    return { result: await act(), times };
  } finally {
    middlewareStack.remove('interference');
  }
}
