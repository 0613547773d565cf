import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANGING_OPERATION_NAMES, changingOperations } from '../../support/changing-operations.ts';
import { countReads, type Attempt } from '../../support/count-reads.ts';
import { openInterleavedWorld, type InterleavedWorld } from '../../support/interleaved-world.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';

let harness: ManagementHarness;
let world: InterleavedWorld;

beforeAll(async () => {
  harness = await openManagementHarness();
  world = await openInterleavedWorld(harness);
});

afterAll(() => harness.close());

/** They only look, and imagine a call by the authorizer's own reads. */
const WRITE_NOTHING = new Set(['dryRunApiKey', 'dryRunApplicationKey', 'lookUpApiKey']);

/** They look at the link that a key has left once more, after the transaction: only then is it known whether it is empty. */
const LOOK_AGAIN = new Set(['revokeApiKey', 'revokeAnyApiKey', 'selfRevoke']);

/** The items that were read more than once, and how often. */
function repeated(reads: Attempt): readonly string[] {
  const counts = new Map<string, number>();
  for (const { pk, sk } of reads) counts.set(`${pk} ${sk}`, (counts.get(`${pk} ${sk}`) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([item, count]) => `${item}: ${count} times`);
}

describe('an operation that writes', () => {
  it.each(CHANGING_OPERATION_NAMES.filter((name) => !WRITE_NOTHING.has(name)))(
    'reads no item twice in an attempt: %s',
    async (name) => {
      const operation = changingOperations(harness, world).find((candidate) => candidate.name === name);
      if (operation === undefined) throw new Error(`there is no operation ${name}`);
      const { result, reads, attempts } = await countReads(harness.table.store, operation.perform);
      await world.restore();
      expect(result).toBeLessThan(300);
      expect(reads.length).toBeGreaterThan(0);
      // With one transaction nothing that was read before is read after it, either.
      const parts = attempts.length <= 2 && !LOOK_AGAIN.has(name) ? [reads] : attempts;
      expect(parts.flatMap(repeated)).toEqual([]);
    },
  );
});
