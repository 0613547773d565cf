import {
  InternalServerError,
  ProvisionedThroughputExceededException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, type PortalUser } from '../../support/portal-user.ts';
import { isWrite, TIMEOUT, withFaults, type Fault } from '../../support/table-faults.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alice: PortalUser;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
});

afterAll(() => harness.close());

const about = { $metadata: {}, message: 'secret of the table' };
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) });

describe('the answer of the API', () => {
  it.each([
    ['a throttled table', new ProvisionedThroughputExceededException(about), 503],
    ['a throttled account', new ThrottlingException(about), 503],
    ['a transaction that was throttled', cancelled('None', 'ThrottlingError'), 503],
    [
      'a transaction past the throughput of the table',
      cancelled('ProvisionedThroughputExceeded', 'None'),
      503,
    ],
    ['a transaction that meets another, again and again', cancelled('None', 'TransactionConflict'), 409],
    ['a condition that fails, again and again', cancelled('ConditionalCheckFailed'), 409],
    ['an error of the table', new InternalServerError(about), 500],
    ['a transaction that the table finds invalid', cancelled('ValidationError'), 500],
    ['a time-out', TIMEOUT, 500],
  ])('to %s is fixed, tells no cause, and nothing was written', async (_, error, status) => {
    const applicationUUID = await alice.application();
    const { keyUUID } = await alice.generate(harness.apis.pizza);
    const before = await readTable(harness.table.store);
    const logged = harness.logged.length;
    const writesFail = (operation: string): Fault => (isWrite(operation) ? 'request lost' : 'none');
    const both = () =>
      Promise.all([
        alice.onKey(harness.apis.pizza, 'associate', { keyUUID, applicationUUID }),
        alice.onKey(harness.apis.pizza, 'regenerate', { keyUUID }),
      ]);
    const { result: answers } = await withFaults(harness, writesFail, error, both, 'call');
    for (const answer of answers) {
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ code: status, moreInfo: '', error: [] });
      expect(answer.text).not.toMatch(/secret of the table|TimeoutError|Exception|\.ts/);
      if (status === 500) expect(answer.text).toContain('Ask your operator about request request-1.');
    }
    expect(await readTable(harness.table.store)).toEqual(before);
    const lines = harness.logged.slice(logged);
    expect(lines).toHaveLength(status === 409 ? 0 : 2);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'ERROR', type: 'management_fault', requestId: 'request-1' });
      expect(line['errorMessage']).toContain('secret of the table');
    }
  });

  it.each([
    ['a time-out', TIMEOUT],
    ['an error of the table', new InternalServerError(about)],
    [
      'an earlier try that is still being carried out',
      new TransactionInProgressException({ ...about, Message: '' }),
    ],
  ])('to %s says that the outcome is not known', async (_, error) => {
    const { keyUUID } = await alice.generate(harness.apis.pizza);
    const writesFail = (operation: string): Fault => (isWrite(operation) ? 'answer lost' : 'none');
    const regenerate = () => alice.onKey(harness.apis.pizza, 'regenerate', { keyUUID });
    const { result } = await withFaults(harness, writesFail, error, regenerate, 'call');
    expect(result.status).toBeGreaterThanOrEqual(500);
    expect(result.text).toContain('is not known');
  });
});
