import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stageId } from '../../../lambdas/core/decision/environment.ts';
import { stagesOfChanges } from '../../../lambdas/management/gateway-cache/stages-of-changes.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';
import { unregisterApi } from '../../../lambdas/functions/registrar/register-api.ts';
import { registerGatewayModeApi } from '../../support/gateway-mode-api.ts';
import {
  openManagementHarness,
  TEST_CALLER,
  TEST_STACK,
  type ManagementHarness,
} from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { failingAfterWrites, UNKNOWN, withFaults } from '../../support/table-faults.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';
import { auditEntry, recordOf } from '../changes/stream-records.ts';

const PUBLISHER = '/api/am/publisher/v4';
const Key = z.object({ keyUUID: z.string() });

let harness: ManagementHarness;
let alice: PortalUser;
let api: string;
let subscribed: string;
const logged: LogEntry[] = [];

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  api = await registerGatewayModeApi(harness, 'Open');
  subscribed = await registerGatewayModeApi(harness, 'Paid', { requiresSubscription: true });
});
afterAll(() => harness.close());

const BOTH = ['gw-open/production', 'gw-open/sandbox'];
const PAID = ['gw-paid/production', 'gw-paid/sandbox'];

const find = async (records: Parameters<typeof stagesOfChanges>[1]) => {
  const access = { store: harness.table.store, clock: () => harness.time.now };
  const changes = await stagesOfChanges({ ...access, log: (entry) => void logged.push(entry) }, records);
  return changes.flatMap(({ stages }) => stages.map(stageId)).toSorted();
};

/** The stages that the changes of `act` concern. */
async function stagesAfter(act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = new Set(auditEntriesOf(await readTable(harness.table.store)).map(({ sk }) => sk));
  await act();
  const entries = auditEntriesOf(await readTable(harness.table.store)).filter(({ sk }) => !before.has(sk));
  expect(entries.length).toBeGreaterThan(0);
  return find(entries.map((entry, index) => recordOf(entry, String(index))));
}

const onKey = async (apiId: string, operation: string, body: object) =>
  succeeded(await alice.onKey(apiId, operation, body), z.unknown());
const manage = async (path: string, query: Readonly<Record<string, string>>) =>
  succeeded(
    await harness.as('pat', 'publisher')({ method: 'POST', path: `${PUBLISHER}${path}`, query }),
    z.unknown(),
  );
const send = async (method: string, path: string, body?: unknown) =>
  succeeded(await alice.send({ method, path: `${PORTAL}${path}`, body }), z.unknown());

describe('the stages that must forget their decisions', () => {
  it.each([
    ['PRODUCTION', 'gw-open/production'],
    ['SANDBOX', 'gw-open/sandbox'],
  ])('after each change of a %s key are that of its environment alone', async (keyType, stage) => {
    const { keyUUID } = await alice.generate(api, { keyType });
    const applicationUUID = await alice.application();
    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['regenerate', () => onKey(api, 'regenerate', { keyUUID, gracePeriod: 60 })],
      ['end-grace', () => onKey(api, 'end-grace', { keyUUID })],
      ['suspend', () => onKey(api, 'suspend', { keyUUID })],
      ['resume', () => onKey(api, 'resume', { keyUUID })],
      [
        'update',
        () =>
          send('PATCH', `/apis/${api}/api-keys/${keyUUID}`, {
            additionalProperties: { permittedIP: '192.0.2.7' },
          }),
      ],
      ['associate', () => onKey(api, 'associate', { keyUUID, applicationUUID })],
      ['dissociate', () => onKey(api, 'dissociate', { keyUUID })],
      ['revoke', () => onKey(api, 'revoke', { keyUUID })],
    ];
    for (const [name, change] of changes) expect([name, await stagesAfter(change)]).toEqual([name, [stage]]);
  });

  it('are none after a new value, which nobody can have presented, but that of one that was made elsewhere', async () => {
    expect(await stagesAfter(() => alice.generate(api))).toEqual([]);
    const imported = () => onKey(api, 'import', { apikey: 'made-elsewhere-9876543210' });
    expect(await stagesAfter(imported)).toEqual(['gw-open/production']);
  });

  it('are both after each change of a subscription', async () => {
    const applicationId = await alice.application();
    let subscriptionId = '';
    const subscribe = async () => {
      subscriptionId = await alice.subscribe(applicationId, subscribed, 'Unlimited');
    };
    expect(await stagesAfter(subscribe)).toEqual(PAID);
    for (const blockState of ['BLOCKED', 'PROD_ONLY_BLOCKED']) {
      const block = () => manage('/subscriptions/block-subscription', { subscriptionId, blockState });
      expect(await stagesAfter(block)).toEqual(PAID);
    }
    const unblock = () => manage('/subscriptions/unblock-subscription', { subscriptionId });
    expect(await stagesAfter(unblock)).toEqual(PAID);
    expect(await stagesAfter(() => send('DELETE', `/subscriptions/${subscriptionId}`))).toEqual(PAID);
  });

  it('are those of all that an application subscribes to, and of all open APIs, after a change of its own key', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, subscribed, 'Unlimited');
    await alice.subscribe(applicationId, harness.apis.pizza, 'Gold');
    const keys = `/applications/${applicationId}/api-keys/SANDBOX`;
    const { keyUUID } = succeeded(await alice.post(`${keys}/generate`, {}), Key);
    const revoke = () => send('POST', `${keys}/revoke`, { keyUUID });
    expect(await stagesAfter(revoke)).toEqual(['gw-open/sandbox', 'gw-paid/sandbox']);
  });

  it('are the same while the application is on its way to another owner, and its subscriptions are not there yet', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, subscribed, 'Unlimited');
    const keys = `/applications/${applicationId}/api-keys/SANDBOX`;
    const { keyUUID } = succeeded(await alice.post(`${keys}/generate`, {}), Key);
    const asAdministrator = (path: string, more: object) =>
      harness.as('root', 'administrator')({ method: 'POST', path: `${ADMIN}${path}`, ...more });
    const { result } = await withFaults(
      harness,
      failingAfterWrites(1),
      UNKNOWN,
      () =>
        asAdministrator(`/applications/${applicationId}/change-owner`, {
          query: { owner: 'sub-bob', ownerName: 'bob' },
        }),
      'call',
    );
    expect(result.status).toBe(503);
    const revoke = async () =>
      succeeded(await asAdministrator('/api-keys/revoke', { body: { keyUUID } }), z.unknown());
    expect(await stagesAfter(revoke)).toEqual(['gw-open/sandbox', 'gw-paid/sandbox']);
  });

  it('are also those of all open APIs after an application with keys of its own is deleted', async () => {
    const applicationId = await alice.application();
    await alice.generateFor(applicationId);
    expect(await stagesAfter(() => send('DELETE', `/applications/${applicationId}`))).toEqual(BOTH);
  });

  it('are those of all that it subscribed to after an application is deleted', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, subscribed, 'Unlimited');
    expect(await stagesAfter(() => send('DELETE', `/applications/${applicationId}`))).toEqual(PAID);
  });

  it('are those of all that it subscribes to after an application gets another policy, and only then', async () => {
    const applicationId = await alice.application();
    const later = await registerGatewayModeApi(harness, 'Later', {
      requiresSubscription: true,
      freshness: 'strict',
    });
    await alice.subscribe(applicationId, later, 'Unlimited');
    const update = (throttlingPolicy: string) => () =>
      send('PUT', `/applications/${applicationId}`, { name: `Later ${applicationId}`, throttlingPolicy });
    await update('10PerMin')();
    await registerGatewayModeApi(harness, 'Later', { requiresSubscription: true });
    expect(await stagesAfter(update('10PerMin'))).toEqual([]);
    expect(await stagesAfter(update('Unlimited'))).toEqual(['gw-later/production', 'gw-later/sandbox']);
  });

  it('are both after each step of a lifecycle', async () => {
    for (const action of ['Block', 'Re-Publish']) {
      expect(await stagesAfter(() => manage('/apis/change-lifecycle', { action, apiId: api }))).toEqual(BOTH);
    }
  });

  it('are both when an API registers, whatever its mode was or becomes, and when it goes', async () => {
    const modes = ['gateway:60', 'strict', 'gateway:60', 'bounded:5', 'strict'];
    const found: (readonly string[])[] = [];
    for (const freshness of modes) {
      found.push(await stagesAfter(() => registerGatewayModeApi(harness, 'Moving', { freshness })));
    }
    expect(found.map((stages) => new Set(stages).size)).toEqual([2, 2, 2, 2, 0]);

    const gone = await registerGatewayModeApi(harness, 'Gone');
    const stack = { stackId: TEST_STACK, stackName: 'Samples' };
    const registrar = { ...harness.management, caller: TEST_CALLER, stack };
    expect(await stagesAfter(() => unregisterApi(registrar, gone, 'gw-gone'))).toEqual([
      'gw-gone/production',
      'gw-gone/sandbox',
    ]);
  });

  it('are all when a policy of applications gets another limit, and none when a business plan does', async () => {
    const admin = (method: string, path: string, body?: unknown) =>
      harness.as('root', 'administrator')({ method, path: `${ADMIN}/throttling/policies/${path}`, body });
    const limit = (requestCount: number) => ({
      policyName: 'Mine',
      defaultLimit: {
        type: 'REQUESTCOUNTLIMIT',
        requestCount: { timeUnit: 'min', unitTime: 1, requestCount },
      },
    });
    const Policy = z.object({ policyId: z.string() });
    for (const level of ['application', 'subscription']) {
      const { policyId } = succeeded(await admin('POST', level, limit(5)), Policy);
      const change = (body: object) => () => admin('PUT', `${level}/${policyId}`, body);
      const stages = await stagesAfter(change(limit(6)));
      expect(stages.includes('gw-open/production')).toBe(level === 'application');
      expect(stages.includes('gw-pizzashackapi/production')).toBe(false);
      expect(await stagesAfter(change({ ...limit(6), description: 'Mine' }))).toEqual([]);
    }
  });

  it('are none after a change that concerns no API whose gateway repeats decisions', async () => {
    const { keyUUID } = await alice.generate(harness.apis.petstore);
    expect(await stagesAfter(() => onKey(harness.apis.petstore, 'revoke', { keyUUID }))).toEqual([]);
  });

  it('are not asked of what cannot be read, which is logged, nor of what is not new', async () => {
    logged.length = 0;
    const records = [
      recordOf({ action: 'key.revoke' }, '1'),
      recordOf(auditEntry('key.revoke', { before: { keyType: 'NONE' } }), '2'),
      recordOf(auditEntry('key.teleport'), '3'),
      { eventName: 'REMOVE' as const, dynamodb: { SequenceNumber: '4' } },
      recordOf(auditEntry('api.lifecycle', { resourceId: api }), '5'),
    ];
    expect(await find(records)).toEqual(BOTH);
    expect(logged).toMatchObject([
      { level: 'ERROR', type: 'unreadable_change', sequenceNumber: '1' },
      { level: 'ERROR', type: 'unreadable_change', sequenceNumber: '2' },
    ]);
  });
});
