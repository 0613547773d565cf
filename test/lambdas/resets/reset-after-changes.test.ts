import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resetAtOnce } from '../../../lambdas/functions/changes/reset-at-once.ts';
import { resetAfterChanges } from '../../../lambdas/functions/resets/reset-after-changes.ts';
import { registerGatewayModeApi } from '../../support/gateway-mode-api.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { resetRequests, type ResetRequests } from '../../support/reset-requests.ts';
import { auditEntry, KEY, recordOf } from '../changes/stream-records.ts';

const MANY = 40;
let harness: ManagementHarness;
let gateway: ResetRequests;
const apis: string[] = [];

beforeAll(async () => {
  harness = await openManagementHarness();
  for (let index = 0; index < MANY; index += 1) {
    apis.push(await registerGatewayModeApi(harness, `Api${index}`));
  }
});
afterAll(() => harness.close());
beforeEach(() => {
  gateway = resetRequests(harness);
});

const now = () => Math.floor(harness.time.now / 1_000);
/** The record of a change of a production key of an API. */
const changeOf = (index: number, sequenceNumber: number, createdAt = now()) =>
  recordOf(
    auditEntry('key.revoke', { before: { ...KEY, apiId: apis[index] } }),
    String(sequenceNumber),
    createdAt,
  );
const stage = (index: number) => `gw-api${index}/production`;

describe('the reset that follows later', () => {
  it('comes when no decision from before the newest change can be on its way any more', async () => {
    const start = harness.time.now;
    const answer = await resetAfterChanges(gateway.resetting, [
      changeOf(0, 1, now() - 60),
      changeOf(1, 2, now()),
    ]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(gateway.made[0]).toEqual({ stage: stage(0), at: start + 12_000 });
  });

  it('comes at once after records that waited long enough', async () => {
    const start = harness.time.now;
    await resetAfterChanges(gateway.resetting, [changeOf(0, 1, now() - 12)]);
    expect(gateway.made).toEqual([{ stage: stage(0), at: start }]);
  });

  it('does not let records wait that concern no API whose gateway repeats decisions', async () => {
    const start = harness.time.now;
    const other = { ...KEY, apiId: harness.apis.petstore };
    const record = recordOf(auditEntry('key.revoke', { before: other }), '1', now());
    expect(await resetAfterChanges(gateway.resetting, [record])).toEqual({ batchItemFailures: [] });
    expect(harness.time.now).toBe(start);
    expect(gateway.made).toEqual([]);
  });

  it('comes once for a stage, however many changes of a batch concern it', async () => {
    const records = Array.from({ length: 50 }, (_, index) => changeOf(index % 2, index));
    await resetAfterChanges(gateway.resetting, records);
    expect(gateway.take()).toEqual([stage(0), stage(1)]);
  });

  it('keeps to three a second', async () => {
    await resetAfterChanges(
      gateway.resetting,
      Array.from({ length: MANY }, (_, index) => changeOf(index, index)),
    );
    expect(gateway.made).toHaveLength(MANY);
    for (const { at } of gateway.made) {
      const within = gateway.made.filter((other) => other.at >= at && other.at < at + 1_000);
      expect(within.length).toBeLessThanOrEqual(3);
    }
  });

  it('that API Gateway refuses is logged, and its records are asked for again; the others are done', async () => {
    gateway.faults.set(stage(1), 'throttled');
    const answer = await resetAfterChanges(gateway.resetting, [
      changeOf(0, 1),
      changeOf(1, 2),
      changeOf(2, 3),
      changeOf(1, 4),
    ]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '4' }] });
    expect(new Set(gateway.take())).toEqual(new Set([stage(0), stage(1), stage(2)]));
    expect(gateway.logged).toMatchObject([
      {
        level: 'ERROR',
        type: 'reset_failed',
        gatewayApiId: 'gw-api1',
        stage: 'production',
        errorType: 'TooManyRequestsException',
      },
    ]);
    gateway.faults.clear();
    expect(await resetAfterChanges(gateway.resetting, [changeOf(1, 2)])).toEqual({ batchItemFailures: [] });
  });

  it('counts a stage that is gone as reset', async () => {
    gateway.faults.set(stage(0), 'not found');
    expect(await resetAfterChanges(gateway.resetting, [changeOf(0, 1)])).toEqual({ batchItemFailures: [] });
    expect(gateway.logged).toEqual([]);
  });

  it('fails the whole batch when the table does not tell which stages there are', async () => {
    const store = { ...gateway.resetting.store, tableName: 'no-such-table' };
    await expect(resetAfterChanges({ ...gateway.resetting, store }, [changeOf(0, 1)])).rejects.toThrow();
    expect(gateway.made).toEqual([]);
  });
});

describe('the reset at once', () => {
  it('does not wait', async () => {
    const start = harness.time.now;
    await resetAtOnce(gateway.resetting, [changeOf(0, 1), changeOf(0, 2)]);
    expect(gateway.made).toEqual([{ stage: stage(0), at: start }]);
  });

  it('leaves what would take more than ten seconds to the later one', async () => {
    const start = harness.time.now;
    await resetAtOnce(
      gateway.resetting,
      Array.from({ length: MANY }, (_, index) => changeOf(index, index)),
    );
    expect(gateway.made).toHaveLength(30);
    expect(harness.time.now - start).toBeLessThan(10_000);
  });

  it('stops when API Gateway is slow: events are not kept waiting past the time of the function', async () => {
    for (let index = 0; index < 6; index += 1) gateway.faults.set(stage(index), 'slow');
    await resetAtOnce(
      gateway.resetting,
      Array.from({ length: 6 }, (_, index) => changeOf(index, index)),
    );
    expect(gateway.take()).toEqual([stage(0), stage(1), stage(2)]);
    expect(gateway.logged).toMatchObject(
      [3, 4, 5].map((index) => ({ type: 'reset_delayed', gatewayApiId: `gw-api${index}` })),
    );
  });

  it('goes on when API Gateway or the table fails, and says that the reset comes later', async () => {
    gateway.faults.set(stage(0), 'throttled');
    await resetAtOnce(gateway.resetting, [changeOf(0, 1), changeOf(1, 2)]);
    expect(gateway.take()).toEqual([stage(0), stage(1)]);
    const store = { ...gateway.resetting.store, tableName: 'no-such-table' };
    await resetAtOnce({ ...gateway.resetting, store }, [changeOf(0, 1)]);
    expect(gateway.logged).toMatchObject([
      { level: 'WARN', type: 'reset_delayed', gatewayApiId: 'gw-api0', stage: 'production' },
      { level: 'WARN', type: 'reset_delayed', records: 1 },
    ]);
  });
});
