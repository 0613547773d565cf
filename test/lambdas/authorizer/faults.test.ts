import { createServer, type Server } from 'node:http';
import {
  GetItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { apiItemKey, credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import {
  authorizerEvent,
  outcomeOf,
  testAuthorizer,
  type TestAuthorizer,
} from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser } from '../../support/portal-user.ts';
import { subscriptionAttributes } from '../../support/stored-state.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let value: string;
const onPetstore = { api: 'petstore' } as const;

beforeAll(async () => {
  harness = await openManagementHarness();
});

afterAll(() => harness.close());

beforeEach(async () => {
  authorizer = testAuthorizer(harness);
  const restricted = {
    validityPeriod: 3_600,
    additionalProperties: { permittedIP: '198.51.100.7', permittedReferer: 'www.example.com/*' },
  };
  value = (await portalUser(harness, 'alice').generate(harness.apis.petstore, restricted)).apikey;
});

const fromPage = { ...onPetstore, headers: { referer: 'https://www.example.com/' } };

/** Replaces attributes of the credential's item, or takes them away. */
async function corrupt(attributes: Readonly<Record<string, unknown>>): Promise<void> {
  const key = credentialItemKey(digestKeyValue(value));
  const stored = (await readTable(harness.table.store)).find(({ pk }) => pk === key.pk);
  await harness.table.store.client.send(
    new PutCommand({ TableName: harness.table.store.tableName, Item: { ...stored, ...attributes } }),
  );
}

/** The call failed, was not called a 401, and left a line that does not give the key away. */
async function expectFault(): Promise<void> {
  const outcome = await authorizer.present(value, fromPage);
  expect(outcome.kind).toBe('failed');
  expect(authorizer.logged).toEqual([
    expect.objectContaining({ level: 'ERROR', type: 'authorizer_fault', requestId: 'request-1' }),
  ]);
  expect(JSON.stringify([authorizer.logged, outcome])).not.toContain(value.slice(8, 51));
}

describe('a stored credential that is not what Keybound writes', () => {
  it('is none of these: as it was written it opens the API', async () => {
    expect((await authorizer.present(value, fromPage)).kind).toBe('allowed');
  });

  it.each([
    ['a key id that is a number', { keyUUID: 7 }],
    ['no key id', { keyUUID: undefined }],
    ['no name', { keyName: undefined }],
    ['no status', { status: undefined }],
    ['an unknown status', { status: 'active' }],
    ['a status that is a list', { status: ['ACTIVE'] }],
    ['no type', { keyType: undefined }],
    ['an unknown type', { keyType: 'production' }],
    ['no owner', { owner: undefined }],
    ['no time of issue', { issuedAt: undefined }],
    ['a time of issue that is a text', { issuedAt: '2026-01-01' }],
    ['an expiry that is a text', { expiresAt: '2999-01-01' }],
    ['an expiry that is null', { expiresAt: null }],
    ['an expiry with a fraction', { expiresAt: 4_000_000_000.5 }],
    ['an address list that is a text', { permittedIp: '198.51.100.7' }],
    ['an address list with a number', { permittedIp: [7] }],
    ['an address list that is null', { permittedIp: null }],
    ['no address list', { permittedIp: undefined }],
    ['an address rule that is none', { permittedIp: ['198.51.100.7', 'anywhere'] }],
    ['an address rule with a wrong length', { permittedIp: ['198.51.100.0/33'] }],
    ['a referrer list that is a map', { permittedReferrer: { 0: 'www.example.com/*' } }],
    ['no referrer list', { permittedReferrer: undefined }],
    ['a referrer rule that is none', { permittedReferrer: ['www.example.com/*', '*'] }],
    ['an application that is a number', { applicationId: 7 }],
  ])('fails the call: %s', async (_, attributes) => {
    await corrupt(attributes);
    await expectFault();
  });

  it.each([
    ['without id', { status: 'UNBLOCKED', policy: 'Gold' }],
    ['without status', { subscriptionId: 'id', policy: 'Gold' }],
    ['without plan', { subscriptionId: 'id', status: 'UNBLOCKED' }],
    ['with an unknown status', { subscriptionId: 'id', status: 'unblocked', policy: 'Gold' }],
    ['with a plan that is a number', { subscriptionId: 'id', status: 'UNBLOCKED', policy: 7 }],
  ])('fails the call: a subscription %s', async (_, subscription) => {
    await corrupt(subscriptionAttributes(harness.apis.petstore, subscription));
    await expectFault();
  });

  it('does not open the API when it has lost its binding to it', async () => {
    await corrupt({ apiId: undefined });
    expect((await authorizer.present(value, fromPage)).kind).not.toBe('allowed');
  });

  it.each(['lifecycle', 'gatewayApiId'])('fails the call when the API has a wrong %s', async (name) => {
    const change = (to: unknown) =>
      harness.table.store.client.send(
        new UpdateCommand({
          TableName: harness.table.store.tableName,
          Key: apiItemKey(harness.apis.petstore),
          UpdateExpression: 'SET #name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': to },
        }),
      );
    await change(7);
    try {
      await expectFault();
    } finally {
      await change(name === 'lifecycle' ? 'PUBLISHED' : 'gw-petstore');
    }
  });
});

describe('a table that does not answer', () => {
  const dynamo = () => mockClient(harness.table.client);
  let mock: ReturnType<typeof dynamo> | undefined;

  afterEach(() => mock?.restore());

  const timeout = Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });
  const more = { $metadata: {}, message: 'not now' };
  const throttleCredentials = (mocked: ReturnType<typeof dynamo>) => {
    const throttled = new ProvisionedThroughputExceededException(more);
    mocked.on(GetItemCommand, { Key: { sk: { S: 'CREDENTIAL' } } }).rejects(throttled);
    mocked.on(GetItemCommand, { Key: { sk: { S: 'API' } } }).resolves({
      Item: { gatewayApiId: { S: 'gw-petstore' }, lifecycle: { S: 'PUBLISHED' } },
    });
  };

  it.each([
    ['has an error', new InternalServerError(more)],
    ['does not exist', new ResourceNotFoundException(more)],
    ['times out', timeout],
    ['fails with the very word Unauthorized in its message', new Error('Unauthorized request')],
  ])('fails the call: it %s', async (_, error) => {
    mock = dynamo();
    mock.on(GetItemCommand).rejects(error);
    await expectFault();
  });

  it('refuses the call when it is throttled and there is no answer to fall back on', async () => {
    mock = dynamo();
    throttleCredentials(mock);
    expect(await authorizer.present(value, fromPage)).toMatchObject({
      kind: 'forbidden',
      context: { reason: 'key_overloaded' },
    });
    expect(authorizer.logged).toMatchObject([
      { level: 'WARN', type: 'read_throttled', answered: false },
      { type: 'refusal', reason: 'key_overloaded', status: 503 },
    ]);
    expect(JSON.stringify(authorizer.logged)).not.toContain(value.slice(8, 51));
  });

  it('fails the call when a gateway would repeat the refusal', async () => {
    mock = dynamo();
    throttleCredentials(mock);
    const stageVariables = { [STAGE_VARIABLES.freshness]: 'gateway:300' };
    expect((await authorizer.present(value, { ...fromPage, stageVariables })).kind).toBe('failed');
  });

  it('decides by the last answer for a second, no longer, and evaluates all else anew', async () => {
    expect((await authorizer.present(value, fromPage)).kind).toBe('allowed');
    mock = dynamo();
    throttleCredentials(mock);
    harness.time.now += 999;
    expect((await authorizer.present(value, fromPage)).kind).toBe('allowed');
    expect(await authorizer.reasonOf(value, { ...fromPage, sourceIp: '198.51.100.8' })).toBe(
      'address_forbidden',
    );
    harness.time.now += 1;
    expect(await authorizer.reasonOf(value, fromPage)).toBe('key_overloaded');
    expect((await authorizer.present(value, fromPage)).kind).toBe('forbidden');
  });

  it('fails the call, and uses no earlier answer, when anything else is wrong', async () => {
    expect((await authorizer.present(value, fromPage)).kind).toBe('allowed');
    mock = dynamo();
    mock.on(GetItemCommand).rejects(timeout);
    expect((await authorizer.present(value, fromPage)).kind).toBe('failed');
  });

  it.each(['findCredential', 'readApiState'] as const)('fails the call when %s alone fails', async (read) => {
    const partly = testAuthorizer(harness, { [read]: () => Promise.reject(timeout) });
    expect((await partly.present(value, fromPage)).kind).toBe('failed');
  });

  it('is asked with two strongly consistent reads and nothing else', async () => {
    mock = dynamo();
    mock.on(GetItemCommand).resolves({});
    await authorizer.present(value, fromPage);
    expect(mock.calls()).toHaveLength(2);
    const asked = mock.commandCalls(GetItemCommand).map(({ args: [{ input }] }) => input);
    expect(asked).toEqual([
      expect.objectContaining({ ConsistentRead: true }),
      expect.objectContaining({ ConsistentRead: true }),
    ]);
    expect(JSON.stringify(asked)).not.toContain(value.slice(8, 51));
  });
});

describe('the function of the authorizer', () => {
  let hanging: Server;

  afterEach(() => {
    hanging.closeAllConnections();
    hanging.close();
    vi.unstubAllEnvs();
  });

  it('gives up on a table that never answers, within its five seconds', async () => {
    let requests = 0;
    hanging = createServer(() => (requests += 1)).listen(0, '127.0.0.1');
    await new Promise((resolve) => hanging.once('listening', resolve));
    const address = hanging.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    vi.stubEnv('TABLE_NAME', 'table');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    try {
      const { handler } = await import('../../../lambdas/functions/authorizer/handler.ts');
      const started = performance.now();
      const event = authorizerEvent(harness, { ...onPetstore, headers: { apikey: value } });
      expect((await outcomeOf(handler(event))).kind).toBe('failed');
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(requests).toBeGreaterThan(0);
    } finally {
      write.mockRestore();
    }
    expect(lines.join('')).toContain('"type":"authorizer_fault"');
    expect(lines.join('')).not.toContain(value.slice(8, 51));
  });
});
