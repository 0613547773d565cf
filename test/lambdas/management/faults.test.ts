import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contradictionsIn } from '../../support/check-invariants.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestRequest,
} from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser } from '../../support/portal-user.ts';
import { isWrite, TIMEOUT, UNKNOWN, withFaults, type Fault } from '../../support/table-faults.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;

beforeAll(async () => {
  harness = await openManagementHarness();
});

afterAll(() => harness.close());

/** What one owner has. Each world is of another one: a decision about an owner reaches all that the owner has. */
interface World {
  readonly owner: string;
  readonly apiId: string;
  readonly applicationId: string;
  readonly otherApplicationId: string;
  readonly subscriptionId: string;
  readonly keyUUID: string;
  readonly freeKeyUUID: string;
}

/** What the table held when it was read last, unless somebody has written since. */
let table: Awaited<ReturnType<typeof readTable>> | undefined;

let worlds = 0;

async function world(): Promise<World> {
  table = undefined;
  worlds += 1;
  const owner = `owner-${worlds}`;
  const user = portalUser(harness, owner);
  const apiId = harness.apis.pizza;
  const [applicationId, otherApplicationId] = await Promise.all([user.application(), user.application()]);
  const [{ keyUUID }, { keyUUID: freeKeyUUID }] = await Promise.all([
    user.generate(apiId),
    user.generate(apiId),
  ]);
  const subscriptionId = await user.subscribe(applicationId, apiId);
  await user.associate(apiId, keyUUID, applicationId);
  return { owner, apiId, applicationId, otherApplicationId, subscriptionId, keyUUID, freeKeyUUID };
}

type Operation = readonly [string, (world: World) => TestRequest];

const input = { throttlingPolicy: 'Unlimited', description: 'Changed' };
const onKey = (operation: string, { apiId }: World, body: object): TestRequest => ({
  method: 'POST',
  path: `${PORTAL}/apis/${apiId}/api-keys/${operation}`,
  body,
});
const subscriptionPath = ({ subscriptionId }: World) => `${PORTAL}/subscriptions/${subscriptionId}`;
const applicationPath = ({ applicationId }: World) => `${PORTAL}/applications/${applicationId}`;

const OPERATIONS: readonly Operation[] = [
  [
    'creates an application',
    ({ applicationId: id }) => ({
      method: 'POST',
      path: `${PORTAL}/applications`,
      body: { ...input, name: `New, not ${id}` },
    }),
  ],
  [
    'renames an application',
    (on) => ({
      method: 'PUT',
      path: applicationPath(on),
      body: { ...input, name: `Now ${on.applicationId}` },
    }),
  ],
  ['deletes an application', (on) => ({ method: 'DELETE', path: applicationPath(on) })],
  [
    'subscribes',
    ({ otherApplicationId: applicationId, apiId }) => ({
      method: 'POST',
      path: `${PORTAL}/subscriptions`,
      body: { applicationId, apiId, throttlingPolicy: 'Gold' },
    }),
  ],
  [
    'changes a plan',
    (on) => ({
      method: 'PUT',
      path: subscriptionPath(on),
      body: { applicationId: on.applicationId, apiId: on.apiId, throttlingPolicy: 'Bronze' },
    }),
  ],
  ['unsubscribes', (on) => ({ method: 'DELETE', path: subscriptionPath(on) })],
  ['generates a key', (on) => onKey('generate', on, { keyName: 'New' })],
  ['regenerates a key', (on) => onKey('regenerate', on, { keyUUID: on.keyUUID })],
  ['revokes a key', (on) => onKey('revoke', on, { keyUUID: on.keyUUID })],
  [
    'revokes any key',
    ({ keyUUID }) => ({ method: 'POST', path: `${ADMIN}/api-keys/revoke`, body: { keyUUID } }),
  ],
  [
    'associates a key',
    (on) => onKey('associate', on, { keyUUID: on.freeKeyUUID, applicationUUID: on.applicationId }),
  ],
  ['dissociates a key', (on) => onKey('dissociate', on, { keyUUID: on.keyUUID })],
  ['suspends a key', (on) => onKey('suspend', on, { keyUUID: on.keyUUID })],
  [
    'changes a key',
    ({ apiId, keyUUID }) => ({
      method: 'PATCH',
      path: `${PORTAL}/apis/${apiId}/api-keys/${keyUUID}`,
      body: { keyName: 'Changed' },
    }),
  ],
  ['regenerates a key with grace', (on) => onKey('regenerate', on, { keyUUID: on.keyUUID, gracePeriod: 60 })],
  [
    'generates a key of an application',
    (on) => ({ method: 'POST', path: `${applicationPath(on)}/api-keys/PRODUCTION/generate`, body: {} }),
  ],
  [
    'blocks a subscription',
    ({ subscriptionId }) => ({
      method: 'POST',
      path: '/api/am/publisher/v4/subscriptions/block-subscription',
      query: { subscriptionId, blockState: 'BLOCKED' },
    }),
  ],
];

/** A request of an owner. */
interface Asked {
  readonly owner: string;
  readonly request: TestRequest;
}

/** Asks for an operation on a network with faults, and tells how it ended and what it wrote. */
async function ask(
  { owner, request }: Asked,
  error: Error,
  faultOf: (operation: string, tried: number) => Fault,
) {
  const anyone = harness.as(owner, 'developer', 'publisher', 'administrator');
  const before = table ?? (await readTable(harness.table.store));
  const { result, tried } = await withFaults(harness, faultOf, error, () => anyone(request));
  const after = await readTable(harness.table.store);
  table = after;
  const audited = auditEntriesOf(after).length - auditEntriesOf(before).length;
  return {
    status: result.status,
    text: result.text,
    audited,
    unchanged: isDeepStrictEqual(after, before),
    tried,
  };
}

describe('an operation that', () => {
  it.each(OPERATIONS)(
    '%s writes nothing when any call before its one write is lost, all when a later one is, and never twice',
    async (_, requestOn) => {
      const askedIn = (on: World): Asked => ({ owner: on.owner, request: requestOn(on) });
      const { tried } = await ask(askedIn(await world()), UNKNOWN, () => 'none');
      const write = tried.findIndex(isWrite);
      expect(tried.filter(isWrite)).toEqual([expect.stringMatching(/^TransactWrite/)]);

      const request = askedIn(await world());
      for (let lost = 0; lost <= write; lost += 1) {
        const failed = await ask(request, UNKNOWN, (__, number) =>
          number === lost ? 'request lost' : 'none',
        );
        expect(failed).toMatchObject({ status: 500, audited: 0, unchanged: true });
      }
      let losses = 1;
      const repeated = await ask(request, TIMEOUT, (operation) => {
        if (!isWrite(operation) || losses === 0) return 'none';
        losses -= 1;
        return 'answer lost';
      });
      expect([repeated.status < 300, repeated.audited]).toEqual([true, 1]);
      expect(repeated.tried.filter(isWrite)).toHaveLength(2);

      for (let lost = write; lost < tried.length; lost += 1) {
        const failed = await ask(askedIn(await world()), UNKNOWN, (__, number) =>
          number === lost ? 'answer lost' : 'none',
        );
        expect(failed.audited).toBe(1);
        expect([tried[lost], failed.text]).not.toEqual([
          tried[lost],
          expect.stringMatching(/nothing was (changed|written)/i),
        ]);
      }
    },
  );

  it('fails leaves the items in agreement', async () => {
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});
