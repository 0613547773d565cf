import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';
import { TEST_TABLE_NAME } from '../../support/test-table.ts';

const DAY_SECONDS = 24 * 60 * 60;

describe('a value whose grace period has ended', () => {
  let harness: ManagementHarness;
  let alice: PortalUser;
  let pizza: string;

  beforeAll(async () => {
    harness = await openManagementHarness();
    alice = portalUser(harness, 'alice');
    pizza = harness.apis.pizza;
  });
  afterAll(() => harness.close());

  /** A key whose first value had a grace period of a minute that is over, and has been deleted by its TTL. */
  async function withDeletedGrace() {
    const first = await alice.generate(pizza);
    await alice.onKey(pizza, 'regenerate', { keyUUID: first.keyUUID, gracePeriod: 60 });
    harness.time.now += 40 * DAY_SECONDS * 1000;
    const { pk, sk } = credentialItemKey(digestKeyValue(first.apikey));
    await harness.table.client.send(
      new DeleteItemCommand({ TableName: TEST_TABLE_NAME, Key: { pk: { S: pk }, sk: { S: sk } } }),
    );
    return first;
  }

  it('does not stand in the way of any change of its key', async () => {
    const { keyUUID } = await withDeletedGrace();
    const applicationUUID = await alice.application();
    for (const [verb, body] of [
      ['suspend', { keyUUID }],
      ['resume', { keyUUID }],
      ['associate', { keyUUID, applicationUUID }],
      ['dissociate', { keyUUID }],
      ['regenerate', { keyUUID, gracePeriod: 60 }],
      ['revoke', { keyUUID }],
    ] as const) {
      expect([verb, (await alice.onKey(pizza, verb, body)).status]).toEqual([verb, 200]);
    }
  });

  it('is not touched once it is the value of another key', async () => {
    const { keyUUID, apikey } = await withDeletedGrace();
    const bob = portalUser(harness, 'bob');
    const imported = await bob.onKey(pizza, 'import', { sha256: digestKeyValue(apikey) });
    expect(imported.status).toBe(201);
    const bobs = z.object({ keyUUID: z.string() }).parse(imported.json).keyUUID;
    await bob.onKey(pizza, 'revoke', { keyUUID: bobs });
    await alice.onKey(pizza, 'suspend', { keyUUID });
    await alice.onKey(pizza, 'resume', { keyUUID });
    const { Item: item } = await harness.table.store.client.send(
      new GetCommand({
        TableName: TEST_TABLE_NAME,
        Key: credentialItemKey(digestKeyValue(apikey)),
      }),
    );
    expect(item).toMatchObject({ keyUUID: bobs, status: 'REVOKED' });
  });

  it('ends with its key when the expiry of the key is put forward', async () => {
    const { keyUUID, apikey } = await alice.generate(pizza, { validityPeriod: 90 * DAY_SECONDS });
    await alice.onKey(pizza, 'regenerate', { keyUUID, gracePeriod: 29 * DAY_SECONDS });
    const changed = await alice.send({
      method: 'PATCH',
      path: `${PORTAL}/apis/${pizza}/api-keys/${keyUUID}`,
      body: { validityPeriod: 60 },
    });
    expect(changed.status).toBe(200);
    const { Item: item } = await harness.table.store.client.send(
      new GetCommand({
        TableName: TEST_TABLE_NAME,
        Key: credentialItemKey(digestKeyValue(apikey)),
      }),
    );
    expect(item?.['replacedAt']).toBe(Math.floor(harness.time.now / 1000) + 60);
  });
});

describe('the keys of an application', () => {
  it('are ten at the most, however many are made at once, and those long expired do not count', async () => {
    const harness = await openManagementHarness();
    try {
      const alice = portalUser(harness, 'alice');
      const path = `/applications/${await alice.application()}/api-keys/PRODUCTION/generate`;
      const make = () => alice.post(path, { validityPeriod: 60 });
      const answers = await Promise.all(Array.from({ length: 14 }, make));
      for (let missing = answers.filter(({ status }) => status === 200).length; missing < 10; missing += 1) {
        await make();
      }
      expect((await make()).status).toBe(409);
      harness.time.now += 40 * DAY_SECONDS * 1000;
      expect((await make()).status).toBe(200);
    } finally {
      await harness.close();
    }
  });
});
