import type { ManagementHarness } from './management-harness.ts';

export type Fault = 'none' | 'request lost' | 'answer lost';

/**
 * Puts something between the SDK and the table while `act` runs; a lost answer's request was carried out.
 * @param faultOf says what happens to a call, from its name and the number of calls before it.
 * @param scope whether the SDK may try again what failed, or its whole call fails at once.
 */
export async function withFaults<T>(
  harness: ManagementHarness,
  faultOf: (operation: string, tried: number) => Fault,
  error: Error,
  act: () => Promise<T>,
  scope: 'try' | 'call' = 'try',
): Promise<{ readonly result: T; readonly tried: readonly string[] }> {
  const tried: string[] = [];
  const { middlewareStack } = harness.table.store.client;
  const pass = async <Answer>(operation: string, next: () => Promise<Answer>): Promise<Answer> => {
    const fault = faultOf(operation, tried.length);
    tried.push(operation);
    if (fault === 'request lost') throw error;
    const answer = await next();
    if (fault === 'answer lost') throw error;
    return answer;
  };
  if (scope === 'call') {
    middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) =>
          pass(commandName, () => next(args)),
      { step: 'initialize', name: 'faults' },
    );
  } else {
    middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) =>
          pass(commandName, () => next(args)),
      { step: 'deserialize', priority: 'low', name: 'faults' },
    );
  }
  try {
    return { result: await act(), tried };
  } finally {
    middlewareStack.remove('faults');
  }
}

export function isWrite(operation: string): boolean {
  return /^(Transact|Put|Update|Delete|BatchWrite)/.test(operation);
}

/** The table answers the first `most` writes, and no other. */
export function failingAfterWrites(most: number): (operation: string) => Fault {
  let writes = 0;
  return (operation) => {
    if (!isWrite(operation)) return 'none';
    writes += 1;
    return writes > most ? 'request lost' : 'none';
  };
}

/** The SDK tries again after a time-out, and gives up after anything that it does not know. */
export const TIMEOUT = Object.assign(new Error('secret of the table'), { name: 'TimeoutError' });
export const UNKNOWN = new Error('secret of the table');
