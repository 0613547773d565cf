import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PORTAL } from '../../support/portal-user.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';

const applications = `${PORTAL}/applications`;

let harness: ManagementHarness;
beforeAll(async () => {
  harness = await openManagementHarness();
});
afterAll(() => harness.close());

async function newApplication(): Promise<{ readonly path: string; readonly etag: string }> {
  const answer = await harness.as('alice')({
    method: 'POST',
    path: applications,
    body: bodyOf(randomUUID()),
  });
  expect(answer.status).toBe(201);
  return { path: `${applications}/${idIn(answer)}`, etag: etagOf(answer) };
}

function bodyOf(name: string) {
  return { name, throttlingPolicy: 'Unlimited' };
}

function idIn({ json }: TestAnswer): string {
  return z.object({ applicationId: z.string() }).parse(json).applicationId;
}

function etagOf({ headers }: TestAnswer): string {
  expect(headers['etag']).toMatch(/^"\d+"$/);
  return String(headers['etag']);
}

function put(path: string, ifMatch: string | undefined, name: string = randomUUID()): Promise<TestAnswer> {
  const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
  return harness.as('alice')({ method: 'PUT', path, headers, body: bodyOf(name) });
}

describe('the ETag of an item', () => {
  it('is the same for one state, and another after each change', async () => {
    const { path, etag } = await newApplication();
    expect(etagOf(await harness.as('alice')({ path }))).toBe(etag);
    const changed = etagOf(await put(path, etag));
    expect(changed).not.toBe(etag);
    expect(etagOf(await harness.as('alice')({ path }))).toBe(changed);
  });

  it('changes when a subscription changes what the application shows', async () => {
    const { path, etag } = await newApplication();
    await harness.as('alice')({
      method: 'POST',
      path: `${PORTAL}/subscriptions`,
      body: {
        applicationId: path.slice(applications.length + 1),
        apiId: harness.apis.pizza,
        throttlingPolicy: 'Gold',
      },
    });
    expect(etagOf(await harness.as('alice')({ path }))).not.toBe(etag);
  });
});

describe('the header If-Match', () => {
  it('lets a change through at the version that it names, and answers 412 after it', async () => {
    const { path, etag } = await newApplication();
    expect((await put(path, etag, 'first')).status).toBe(200);
    const late = await put(path, etag, 'second');
    expect(late.status).toBe(412);
    expect(late.json).toMatchObject({ code: 412, message: 'Precondition Failed' });
    expect((await harness.as('alice')({ path })).json).toMatchObject({ name: 'first' });
  });

  it('of * or of a list with the version lets it through, too; without it nothing is demanded', async () => {
    const { path, etag } = await newApplication();
    const second = etagOf(await put(path, '*'));
    expect((await put(path, `${etag}, ${second}`)).status).toBe(200);
    expect((await put(path, undefined)).status).toBe(200);
  });

  it.each([['W/"1"'], ['"other"'], ['"999"']])('%s is at no version: 412', async (header) => {
    const { path } = await newApplication();
    expect((await put(path, header)).status).toBe(412);
  });

  it.each([['1'], ['"1'], ['""1""']])('%s is a mistake: 400, naming the header', async (header) => {
    const { path } = await newApplication();
    const answer = await put(path, header);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('"message":"If-Match: must be entity tags');
  });

  it('of another resource’s owner finds nothing rather than a wrong version', async () => {
    const { path } = await newApplication();
    const answer = await harness.as('bob')({
      method: 'DELETE',
      path,
      headers: { 'if-match': '"999"' },
    });
    expect(answer.status).toBe(404);
  });

  it('keeps a deletion from ending what has changed', async () => {
    const { path, etag } = await newApplication();
    const changed = etagOf(await put(path, etag));
    const deletion = (ifMatch: string) =>
      harness.as('alice')({ method: 'DELETE', path, headers: { 'if-match': ifMatch } });
    expect((await deletion(etag)).status).toBe(412);
    expect((await harness.as('alice')({ path })).status).toBe(200);
    expect((await deletion(changed)).status).toBe(200);
    expect((await harness.as('alice')({ path })).status).toBe(404);
  });

  it.each([
    ['of an API', () => Promise.resolve(`${PORTAL}/apis/${harness.apis.petstore}/api-keys`)],
    ['of an application', async () => `${(await newApplication()).path}/api-keys/PRODUCTION`],
  ])('keeps a regeneration from replacing the value of a key %s that has changed', async (_, pathOf) => {
    const path = await pathOf();
    const alice = harness.as('alice');
    const generated = await alice({ method: 'POST', path: `${path}/generate`, body: {} });
    const { keyUUID } = z.object({ keyUUID: z.string() }).parse(generated.json);
    const read = () => alice({ path: `${path}/${keyUUID}` });
    const regenerate = (ifMatch: string) =>
      alice({
        method: 'POST',
        path: `${path}/regenerate`,
        headers: { 'if-match': ifMatch },
        body: { keyUUID },
      });
    const etag = etagOf(await read());
    await alice({ method: 'PATCH', path: `${path}/${keyUUID}`, body: { keyName: 'Changed' } });
    const changed = etagOf(await read());
    expect((await regenerate(etag)).status).toBe(412);
    expect(etagOf(await read())).toBe(changed);
    expect((await regenerate(changed)).status).toBe(200);
    expect(etagOf(await read())).not.toBe(changed);
  });

  it('keeps keys from being associated, dissociated and revoked by way of an application once they have changed', async () => {
    const alice = harness.as('alice');
    const ofApplication = `${(await newApplication()).path}/api-keys/PRODUCTION`;
    const ofApi = `${PORTAL}/apis/${harness.apis.petstore}/api-keys`;
    const post = (path: string, body: unknown, ifMatch?: string) =>
      alice({
        method: 'POST',
        path,
        body,
        ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
      });
    const newKey = async (path: string) =>
      z.object({ keyUUID: z.string() }).parse((await post(`${path}/generate`, {})).json).keyUUID;
    const [associated, own] = [await newKey(ofApi), await newKey(ofApplication)];
    for (const [verb, path, body] of [
      ['associate', ofApi, { apiUUID: harness.apis.petstore, keyUUID: associated }],
      ['dissociate', ofApi, { keyUUID: associated }],
      ['revoke', ofApplication, { keyUUID: own }],
    ] as const) {
      const version = etagOf(await alice({ path: `${path}/${body.keyUUID}` }));
      expect([verb, (await post(`${ofApplication}/${verb}`, body, '"999"')).status]).toEqual([verb, 412]);
      expect(etagOf(await alice({ path: `${path}/${body.keyUUID}` }))).toBe(version);
      expect([verb, (await post(`${ofApplication}/${verb}`, body, version)).status]).toEqual([verb, 200]);
    }
  });

  it('lets exactly one of many writers win who read the same version', async () => {
    const { path, etag } = await newApplication();
    const before = auditEntriesOf(await readTable(harness.table.store)).length;
    const answers = await Promise.all(Array.from({ length: 12 }, () => put(path, etag)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 11 }, () => 412)]);
    expect(auditEntriesOf(await readTable(harness.table.store))).toHaveLength(before + 1);
  });
});
