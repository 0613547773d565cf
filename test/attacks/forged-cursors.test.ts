import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { ADMIN, portalUser } from '../support/portal-user.ts';

let harness: ManagementHarness;

beforeAll(async () => {
  harness = await openManagementHarness();
  await portalUser(harness, 'alice').generate(harness.apis.petstore);
});
afterAll(() => harness.close());

/** A cursor as whoever reads the source can make one. */
const forge = (binding: unknown, state: unknown) =>
  Buffer.from(
    JSON.stringify([hash('sha256', JSON.stringify(binding), 'base64url').slice(0, 22), state]),
  ).toString('base64url');

const places = {
  empty: '',
  'longer than a sort key': 'é'.repeat(1_000),
  'of no time': 'z',
  'of an impossible time': '2026-99-99T00:00:00.000Z#x',
  'in another list': 'DECISION#x',
  'among keys of APIs': 'KEY#',
  'among keys of applications': 'APPKEY#\u0000',
  'half a character': '\ud800',
};
const bodies = {
  'a filter of no form': { filter: { owner: 7 } },
  'a filter of unknown fields': { filter: { everything: 'yes' } },
  'an empty filter': { filter: {} },
  'a time that does not exist': { filter: { createdAfter: '2026-99-99' } },
};
const progress = { seen: 0, found: 0, revoked: 0, alreadyEnded: 0, failed: 0 };
const sound = async (answer: { readonly status: number }) => {
  expect(answer.status).toBeLessThan(500);
  expect(harness.logged).toEqual([]);
  expect(
    (await portalUser(harness, 'alice').get(`/apis/${harness.apis.petstore}/api-keys`)).json,
  ).toMatchObject({ count: 1 });
};

describe.each(Object.entries(places))('a forged cursor that is %s', (_, behind) => {
  it.each([
    ['listAllApiKeys', '/api-keys', {}],
    ['listAllApiKeys', '/api-keys', { owner: 'sub-alice' }],
    ['listAllApplications', '/applications', {}],
  ])('of %s at %s is no fault of the server', async (operation, path, filter) => {
    const cursor = forge([operation, 'sub-root', filter], { behind, offset: 0, skip: 0 });
    const query = { ...filter, cursor };
    await sound(await harness.as('root', 'administrator')({ path: `${ADMIN}${path}`, query }));
  });

  it('of the audit trail is no fault of the server', async () => {
    const filter = { from: 1_790_000_000_000, to: 1_790_100_000_000 };
    for (const resource of [undefined, harness.apis.pizza]) {
      const asked = { ...filter, ...(resource !== undefined && { resource }) };
      const cursor = forge(['readAudit', 'sub-root', asked], { behind, offset: 0, skip: 0 });
      const query = { ...asked, from: String(filter.from), to: String(filter.to), cursor };
      await sound(await harness.as('root', 'administrator')({ path: `${ADMIN}/audit`, query }));
    }
  });

  it.each([{ owner: 'sub-alice' }, { owner: 'nobody' }])(
    'of a bulk revocation is no fault of the server',
    async (filter) => {
      const state = { behind, filter, dryRun: true, progress };
      const nextToken = forge(['bulkRevokeApiKeys', 'sub-root', undefined], state);
      const path = `${ADMIN}/api-keys/bulk-revoke`;
      await sound(await harness.as('root', 'administrator')({ method: 'POST', path, body: { nextToken } }));
    },
  );
});

describe.each(Object.entries(bodies))('a forged step of a bulk revocation with %s', (_, more) => {
  it('is refused', async () => {
    const state = { behind: '2026', dryRun: false, progress, ...more };
    const nextToken = forge(['bulkRevokeApiKeys', 'sub-root', undefined], state);
    const path = `${ADMIN}/api-keys/bulk-revoke`;
    const answer = await harness.as('root', 'administrator')({ method: 'POST', path, body: { nextToken } });
    expect(answer.status).toBe(400);
    await sound(answer);
  });
});
