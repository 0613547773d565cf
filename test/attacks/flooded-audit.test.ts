import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded } from '../support/portal-user.ts';

let harness: ManagementHarness;
beforeAll(async () => (harness = await openManagementHarness()));
afterAll(() => harness.close());

const Page = z.object({
  list: z.array(z.looseObject({ auditId: z.string(), after: z.record(z.string(), z.unknown()).optional() })),
  pagination: z.object({ next: z.string() }).loose(),
});
const LAMBDA_ANSWER_BYTES = 6 * 1024 * 1024;

describe('a developer who changes a key with all the data that it can have, again and again', () => {
  it('keeps nobody from reading the audit trail, whole, page by page', async () => {
    const alice = portalUser(harness, 'alice');
    const { keyUUID } = await alice.generate(harness.apis.petstore);
    const path = `${PORTAL}/apis/${harness.apis.petstore}/api-keys/${keyUUID}`;
    const changes = 128;
    for (let made = 0; made < changes; made += 1) {
      harness.time.now += 1_000;
      const text = String.fromCodePoint(0x4e_00 + made);
      const metadata = Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`entry ${index}`, text.repeat(200)]),
      );
      const address = `2001:db8:${made.toString(16)}`;
      const permittedIP = Array.from({ length: 50 }, (_, index) => `${address}:${index}::/64`).join(',');
      const body = { description: text.repeat(1_024), metadata, additionalProperties: { permittedIP } };
      const answer = await alice.send({ method: 'PATCH', path, body });
      expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
    }
    const admin = harness.as('root', 'administrator');
    const seen = new Set<string>();
    let query: Record<string, string> = { limit: '200', actor: 'alice' };
    for (let pages = 1; ; pages += 1) {
      expect(pages).toBeLessThan(50);
      const answer = await admin({ path: `${ADMIN}/audit`, query });
      expect(Buffer.byteLength(answer.text)).toBeLessThan(LAMBDA_ANSWER_BYTES / 2);
      const { list, pagination } = succeeded(answer, Page);
      for (const { auditId } of list) seen.add(auditId);
      if (pagination.next === '') break;
      query = Object.fromEntries(new URL(pagination.next, 'https://management.example').searchParams);
      expect(query['actor']).toBe('alice');
    }
    expect(seen.size).toBe(changes + 1);
  });

  it('leaves in an entry what has changed, and what it is about', async () => {
    const alice = portalUser(harness, 'alice');
    const { keyUUID } = await alice.generate(harness.apis.petstore, {
      keyName: 'Small',
      metadata: { team: 'unchanged' },
    });
    const path = `${PORTAL}/apis/${harness.apis.petstore}/api-keys/${keyUUID}`;
    harness.time.now += 1_000;
    await alice.send({ method: 'PATCH', path, body: { description: 'new' } });
    harness.time.now += 1_000;
    await alice.onKey(harness.apis.petstore, 'revoke', { keyUUID });
    const admin = harness.as('root', 'administrator');
    const { list } = succeeded(await admin({ path: `${ADMIN}/audit`, query: { resource: keyUUID } }), Page);
    expect(list.map(({ action }) => action)).toEqual(['key.revoke', 'key.update', 'key.generate']);
    expect(list[1]).toMatchObject({
      before: { keyUUID, keyName: 'Small', description: '' },
      after: { keyUUID, keyName: 'Small', description: 'new' },
    });
    expect(JSON.stringify(list.slice(0, 2))).not.toContain('unchanged');
  });
});
