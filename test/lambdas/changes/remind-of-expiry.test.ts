import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { remindOfExpiry } from '../../../lambdas/functions/changes/remind-of-expiry.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';

const DAY = 24 * 60 * 60;
const Input = z.object({ Entries: z.array(z.object({ DetailType: z.string(), Detail: z.string() })) });
const Detail = z.looseObject({ eventId: z.string(), keyUUID: z.string(), daysLeft: z.int().optional() });

const bridge = mockClient(EventBridgeClient);
const published: (z.infer<typeof Detail> & { readonly type: string })[] = [];
let harness: ManagementHarness;
let alice: PortalUser;
let api: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  api = harness.apis.petstore;
});
afterAll(() => harness.close());
beforeEach(() => {
  published.length = 0;
  // Each test has days of its own.
  harness.time.now += 400 * DAY * 1000;
  bridge.reset();
  bridge.on(PutEventsCommand).callsFake((input: unknown) => ({
    Entries: Input.parse(input).Entries.map(({ DetailType, Detail: text }) => {
      published.push({ type: DetailType, ...Detail.parse(JSON.parse(text)) });
      return { EventId: 'accepted' };
    }),
  }));
});

const remind = () =>
  remindOfExpiry({
    client: new EventBridgeClient({ region: 'us-east-1' }),
    eventBusName: 'keybound-test',
    store: harness.table.store,
    log: () => undefined,
  });

/** What a run publishes, as `type daysLeft`, for the key given. */
async function remindersOf(keyUUID: string): Promise<readonly string[]> {
  published.length = 0;
  await remind();
  return published
    .filter((event) => event.keyUUID === keyUUID)
    .map(({ type, daysLeft }) => `${type}${daysLeft === undefined ? '' : ` ${daysLeft}`}`);
}

const change = async (keyUUID: string, validityPeriod: number) =>
  succeeded(
    await alice.send({
      method: 'PATCH',
      path: `${PORTAL}/apis/${api}/api-keys/${keyUUID}`,
      body: { validityPeriod },
    }),
    z.unknown(),
  );

describe('reminders of expiry', () => {
  it('come 30, 7 and 1 days before, by the calendar, and once more when the key has expired', async () => {
    const { keyUUID } = await alice.generate(api, { validityPeriod: 40 * DAY });
    const seen: string[] = [];
    for (let hour = 0; hour <= 42 * 24; hour += 6) {
      for (const reminder of await remindersOf(keyUUID)) seen.push(`${hour / 24}: ${reminder}`);
      harness.time.now += 6 * 60 * 60 * 1000;
    }
    // It expires at noon: the day of each reminder begins half a day before.
    expect(seen).toEqual([
      '9.5: API Key Expiring 30',
      '32.5: API Key Expiring 7',
      '38.5: API Key Expiring 1',
      '40: API Key Expired',
    ]);
  });

  it('are not repeated by a second run, and have the same id when they are', async () => {
    const { keyUUID } = await alice.generate(api, { validityPeriod: 7 * DAY });
    expect(await remindersOf(keyUUID)).toEqual(['API Key Expiring 7']);
    const [first] = published;
    expect(first?.eventId).toBe(`${keyUUID}/${Math.floor(harness.time.now / 1000) + 7 * DAY}/7`);
    expect(await remindersOf(keyUUID)).toEqual([]);
    await change(keyUUID, 30 * DAY);
    expect(await remindersOf(keyUUID)).toEqual(['API Key Expiring 30']);
    await change(keyUUID, 7 * DAY);
    expect(await remindersOf(keyUUID)).toEqual(['API Key Expiring 7']);
    expect(published[0]?.eventId).toBe(first?.eventId);
  });

  it('follow regenerate, and end with revoke and with an expiry that is taken away', async () => {
    const [renewed, revoked, endless, suspended] = await Promise.all(
      [1, 2, 3, 4].map(async () => (await alice.generate(api, { validityPeriod: 8 * DAY })).keyUUID),
    );
    harness.time.now += DAY * 1000;
    await alice.regenerate(api, renewed ?? '');
    await alice.onKey(api, 'revoke', { keyUUID: revoked });
    await change(endless ?? '', -1);
    await alice.onKey(api, 'suspend', { keyUUID: suspended });
    await remind();
    expect(published.map(({ keyUUID, daysLeft }) => [keyUUID, daysLeft])).toEqual([[suspended, 7]]);
    harness.time.now += DAY * 1000;
    expect(await remindersOf(renewed ?? '')).toEqual(['API Key Expiring 7']);
  });

  it('reach every key of a day, also of applications, beyond one page and one call', async () => {
    const applicationId = await alice.application();
    const path = `/applications/${applicationId}/api-keys/PRODUCTION/generate`;
    const own = succeeded(await alice.post(path, { validityPeriod: DAY }), z.object({ keyUUID: z.string() }));
    const keys = [own.keyUUID];
    for (let index = 0; index < 120; index += 1) {
      keys.push((await alice.generate(api, { validityPeriod: DAY })).keyUUID);
    }
    await remind();
    expect(published.map(({ keyUUID }) => keyUUID).toSorted()).toEqual(keys.toSorted());
    expect(published.find(({ keyUUID }) => keyUUID === own.keyUUID)).toMatchObject({ applicationId });
  });

  it('that could not be published make the run fail, and come with the next one', async () => {
    const keys: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      keys.push((await alice.generate(api, { validityPeriod: DAY })).keyUUID);
    }
    bridge.reset();
    bridge
      .on(PutEventsCommand)
      .resolvesOnce({
        Entries: Array.from({ length: 10 }, (_, index) => (index === 4 ? {} : { EventId: 'accepted' })),
      })
      .callsFake((input: unknown) => {
        const { Entries } = Input.parse(input);
        published.push(
          ...Entries.map(({ DetailType: type, Detail: text }) => ({
            type,
            ...Detail.parse(JSON.parse(text)),
          })),
        );
        return { Entries: Entries.map(() => ({ EventId: 'accepted' })) };
      });
    await expect(remind()).rejects.toThrow('3 reminders could not be published');
    await remind();
    expect(published).toHaveLength(3);
  });
});
