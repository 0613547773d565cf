import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LifecycleEvent } from '../../lambdas/functions/changes/lifecycle-event.ts';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const PUBLISHER = '/api/am/publisher/v4';
const DAY_SECONDS = 24 * 60 * 60;
const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
const Subscription = z.object({ subscriptionId: z.string() });

let keybound: RunningKeybound;
let api: string;
const values: string[] = [];

beforeAll(async () => {
  keybound = await runKeybound();
  api = await keybound.apiId('PizzaShackAPI');
});
afterAll(() => keybound.close());

async function manage(user: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await keybound.manage(user, method, path, body);
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return answer.json;
}

const onKey = (verb: string, body: object) =>
  manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${verb}`, body);

async function issue(verb: string, body: object): Promise<string> {
  const { keyUUID, apikey } = Issued.parse(await onKey(verb, body));
  values.push(apikey);
  return keyUUID;
}

/** The events that `act` causes, in their order. */
async function eventsOf(act: () => Promise<unknown>): Promise<LifecycleEvent[]> {
  await keybound.runner.settle();
  const earlier = keybound.runner.events().length;
  await act();
  await keybound.runner.settle();
  return keybound.runner
    .events()
    .slice(earlier)
    .map((event) => LifecycleEvent.parse(event));
}

const typesOf = (events: readonly LifecycleEvent[]) => events.map((event) => event['detail-type']);
const remind = () => keybound.runner.fireSchedule('keybound-local-reminders');
const change = (keyUUID: string, body: object) =>
  manage('alice', 'PATCH', `${PORTAL}/apis/${api}/api-keys/${keyUUID}`, body);

describe('events of the life of a key', () => {
  it('are published in the order of its changes, and say which key, whose, and who did it', async () => {
    const applicationUUID = await keybound.subscriber('alice', api);
    let keyUUID = '';
    const events = await eventsOf(async () => {
      keyUUID = await issue('generate', { keyName: 'Checkout', validityPeriod: 400 * DAY_SECONDS });
      await issue('regenerate', { keyUUID, gracePeriod: 3600 });
      await onKey('end-grace', { keyUUID });
      await onKey('suspend', { keyUUID });
      await onKey('resume', { keyUUID });
      await change(keyUUID, { keyName: 'Till' });
      await onKey('associate', { keyUUID, applicationUUID });
      await onKey('dissociate', { keyUUID });
      await onKey('revoke', { keyUUID, reason: 'Leaked' });
    });
    expect(typesOf(events)).toEqual([
      'API Key Generated',
      'API Key Regenerated',
      'API Key Grace Period Ended',
      'API Key Suspended',
      'API Key Resumed',
      'API Key Updated',
      'API Key Associated',
      'API Key Dissociated',
      'API Key Revoked',
    ]);
    for (const { source, detail } of events) {
      expect(source).toBe('keybound');
      expect(detail).toMatchObject({
        keyUUID,
        keyType: 'PRODUCTION',
        apiId: api,
        apiName: 'PizzaShackAPI',
        ownerName: 'alice',
        actorName: 'alice',
      });
    }
    const details = events.map(({ detail }) => detail);
    expect(details.map((detail) => ('keyName' in detail ? detail.keyName : ''))).toEqual([
      ...Array<string>(5).fill('Checkout'),
      ...Array<string>(4).fill('Till'),
    ]);
    expect(details[1]).toHaveProperty('graceEndsOn');
    expect(details[2]).not.toHaveProperty('graceEndsOn');
    expect(details[3]).toMatchObject({ status: 'SUSPENDED' });
    expect(details[5]).toMatchObject({ changed: ['keyName'] });
    expect(details[6]).toMatchObject({ applicationId: applicationUUID });
    expect(details[7]).toMatchObject({ applicationId: applicationUUID });
    expect(details[8]).toMatchObject({ status: 'REVOKED', reason: 'Leaked' });
    expect(new Set(details.map(({ eventId }) => eventId)).size).toBe(events.length);
  });
});

describe('events of the life of a subscription', () => {
  it('are published in the order of its changes, also of those by publishers', async () => {
    // A block reaches every subscription of an owner to the API: this one has no other.
    let applicationId = '';
    let subscriptionId = '';
    const events = await eventsOf(async () => {
      const application = { name: 'Events', throttlingPolicy: 'Unlimited' };
      const made = await manage('bob', 'POST', `${PORTAL}/applications`, application);
      ({ applicationId } = z.object({ applicationId: z.string() }).parse(made));
      const subscription = { applicationId, apiId: api, throttlingPolicy: 'Unlimited' };
      const subscribed = await manage('bob', 'POST', `${PORTAL}/subscriptions`, subscription);
      ({ subscriptionId } = Subscription.parse(subscribed));
      const decide = (decision: string, more = '') =>
        manage(
          'publisher',
          'POST',
          `${PUBLISHER}/subscriptions/${decision}-subscription?subscriptionId=${subscriptionId}${more}`,
        );
      await decide('block', '&blockState=PROD_ONLY_BLOCKED');
      await decide('unblock');
      await manage('bob', 'DELETE', `${PORTAL}/subscriptions/${subscriptionId}`);
      await manage('bob', 'DELETE', `${PORTAL}/applications/${applicationId}`);
    });
    expect(typesOf(events)).toEqual([
      'Application Created',
      'Subscription Created',
      'Subscription Blocked',
      'Subscription Unblocked',
      'Subscription Deleted',
      'Application Deleted',
    ]);
    expect(new Set(events.map(({ detail }) => detail.eventId)).size).toBe(events.length);
    const details = events.map(({ detail }) => detail);
    expect(details[1]).toMatchObject({ subscriptionId, applicationId, apiId: api, status: 'UNBLOCKED' });
    expect(details[2]).toMatchObject({
      subscriptionId,
      status: 'PROD_ONLY_BLOCKED',
      previousStatus: 'UNBLOCKED',
      actorName: 'publisher',
    });
    expect(details[2]?.owner).toBe(details[1]?.owner);
    expect(details[4]).toMatchObject({ subscriptionId, applicationId, apiId: api });
    expect(details[5]).toMatchObject({ applicationId, applicationName: 'Events', apiIds: [], keyUUIDs: [] });
  });
});

describe('events of the lifecycle of an API', () => {
  it('tell from which state to which', async () => {
    const move = (action: string) =>
      manage('publisher', 'POST', `${PUBLISHER}/apis/change-lifecycle?apiId=${api}&action=${action}`);
    const events = await eventsOf(async () => {
      await move('Block');
      await move('Re-Publish');
    });
    expect(typesOf(events)).toEqual(['API Lifecycle Changed', 'API Lifecycle Changed']);
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { apiId: api, previousLifecycle: 'PUBLISHED', lifecycle: 'BLOCKED' },
      { apiId: api, previousLifecycle: 'BLOCKED', lifecycle: 'PUBLISHED' },
    ]);
  });
});

describe('reminders of expiry', () => {
  it('are published once, again when the expiry is moved, and never for a revoked key', async () => {
    const keyUUID = await issue('generate', { validityPeriod: 7 * DAY_SECONDS });
    const revoked = await issue('generate', { validityPeriod: 7 * DAY_SECONDS });
    await onKey('revoke', { keyUUID: revoked });

    const first = await eventsOf(remind);
    expect(typesOf(first)).toEqual(['API Key Expiring']);
    expect(first[0]?.detail).toMatchObject({ keyUUID, daysLeft: 7, apiName: 'PizzaShackAPI' });
    expect(first[0]?.detail).not.toHaveProperty('actor');
    expect(await eventsOf(remind)).toEqual([]);

    await change(keyUUID, { validityPeriod: 30 * DAY_SECONDS });
    expect((await eventsOf(remind)).map(({ detail }) => detail)).toMatchObject([{ keyUUID, daysLeft: 30 }]);
    await change(keyUUID, { validityPeriod: 20 * DAY_SECONDS });
    expect(await eventsOf(remind)).toEqual([]);
  });

  it('say when a key has expired', async () => {
    const keyUUID = await issue('generate', { validityPeriod: 2 });
    expect(await eventsOf(remind)).toEqual([]);
    await delay(2_100);
    const events = await eventsOf(remind);
    expect(typesOf(events)).toEqual(['API Key Expired']);
    expect(events[0]?.detail).toMatchObject({ keyUUID });
    expect(await eventsOf(remind)).toEqual([]);
  });
});

describe('no event', () => {
  it('has the value of a key or its digest, and each is shown as a line', async () => {
    await keybound.runner.settle();
    const lines = keybound.lines.filter(({ source }) => source === 'event');
    expect(lines.map(({ line }) => z.unknown().parse(JSON.parse(line)))).toEqual(keybound.runner.events());
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['keybound-local']));
    expect(values.length).toBeGreaterThan(4);
    const text = lines.map(({ line }) => line).join('\n');
    for (const value of values) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(digestKeyValue(value));
    }
    expect(text).not.toMatch(/digest/i);
  });
});
