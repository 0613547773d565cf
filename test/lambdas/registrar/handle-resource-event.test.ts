import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { packDefinition } from '../../../lambdas/contract/pack-definition.ts';
import { apiIdOf } from '../../../lambdas/core/apis/managed-api.ts';
import { getApiDefinition } from '../../../lambdas/management/apis/apis.ts';
import { apiDefinitionItemKey, apiItemKey, policyItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import type { RegistrarDependencies } from '../../../lambdas/functions/registrar/handle-resource-event.ts';
import { RESPONSE_HOST } from '../../../local/cloudformation/response-urls.ts';
import { redirectHosts } from '../../../local/functions/redirect-hosts.ts';
import { untilAllowed } from '../../../lambdas/functions/registrar/until-allowed.ts';
import { commit } from '../../../lambdas/management/frame/carry-out.ts';
import { listApiNames, releaseApiName } from '../../../lambdas/management/apis/api-names.ts';
import { LOG_GROUP_ID, provingStacks } from '../../support/proving-stacks.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';
import { handleResourceEvent } from '../../../lambdas/functions/registrar/handle-resource-event.ts';
import { seedPolicies } from '../../../lambdas/functions/registrar/seed-policies.ts';
import { auditEntriesOf, readTable, type StoredItem } from '../../support/table-contents.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';

let table: TestTable;
let server: Server;
const responseUrl = `https://${RESPONSE_HOST}/answer?X-Amz-Signature=SIGNED`;
const stacks = provingStacks();
let received: { readonly method: string; readonly contentType: string | undefined; readonly body: string }[];
let status: number;
const logged: LogEntry[] = [];
const log = (entry: LogEntry) => void logged.push(entry);
const time = { now: Date.parse('2026-01-01T12:00:00Z') };
const clock = () => time.now;

beforeAll(async () => {
  table = await openTestTable(clock);
  await seedPolicies(table.store);
  server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method ?? '', contentType: request.headers['content-type'], body });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  redirectHosts({ [RESPONSE_HOST]: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` });
});

afterAll(async () => {
  server.close();
  await table.close();
});

beforeEach(() => {
  received = [];
  status = 200;
  logged.length = 0;
});

const isStatus = (text: string): text is 'CREATE_IN_PROGRESS' | 'UPDATE_IN_PROGRESS' | 'DELETE_IN_PROGRESS' =>
  /^(?:CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(text);
const CORE_STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Keybound/1';
const STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Samples/1';
const OTHER_STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Others/2';
let apis = 0;

/** The properties of an API with a name of its own, as CloudFormation hands them over. */
function properties(more: object = {}) {
  apis += 1;
  return {
    name: `Api ${apis}`,
    version: '1.0.0',
    context: `/api-${apis}/1.0.0`,
    description: 'An API',
    provider: 'Team',
    requiresSubscription: 'true',
    approvesSubscriptions: 'false',
    acceptsImportedKeys: 'false',
    initialLifecycle: 'PUBLISHED',
    policies: ['Gold'],
    keyHeader: 'apikey',
    gatewayApiId: 'gw-1',
    productionUrl: 'https://gateway.example/api',
    sandboxUrl: 'https://sandbox.example/api',
    definition: '{"openapi":"3.0.3"}',
    ...more,
  };
}

const Answer = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  PhysicalResourceId: z.string().min(1),
  StackId: z.string(),
  RequestId: z.literal('request-1'),
  LogicalResourceId: z.literal('Api'),
  Reason: z.string().optional(),
  Data: z.record(z.string(), z.string()).optional(),
});

function eventOf(
  type: 'Create' | 'Update' | 'Delete',
  resource: Readonly<Record<string, unknown>>,
  {
    StackId = STACK,
    PhysicalResourceId = '',
    ResourceType = 'Custom::KeyboundApi',
  }: { readonly StackId?: string; readonly PhysicalResourceId?: string; readonly ResourceType?: string } = {},
): CloudFormationCustomResourceEvent {
  const common = {
    ServiceToken: '',
    ResponseURL: responseUrl,
    StackId,
    RequestId: 'request-1',
    LogicalResourceId: 'Api',
    ResourceType,
    ResourceProperties: { ServiceToken: '', ...resource },
  };
  if (type === 'Create') return { ...common, RequestType: type };
  if (type === 'Delete') return { ...common, RequestType: type, PhysicalResourceId };
  return { ...common, RequestType: type, PhysicalResourceId, OldResourceProperties: { ServiceToken: '' } };
}

function dependencies(): RegistrarDependencies {
  return {
    store: table.store,
    clock,
    log,
    controlPlanes: stacks.controlPlanes,
    home: { partition: 'aws', region: 'us-east-1', account: '000000000000' },
    coreStackId: CORE_STACK,
    patience: { left: () => 0, pause: () => Promise.resolve() },
  };
}

/** What CloudFormation was told of an event that it waits for the answer to. */
async function handle(...[type, resource, more = {}]: Parameters<typeof eventOf>) {
  const before = received.length;
  const { StackId = STACK, PhysicalResourceId: physicalId, ResourceType: kind } = more;
  const status = `${type.toUpperCase()}_IN_PROGRESS`;
  if (!isStatus(status)) throw new Error(status);
  if (typeof resource['gatewayApiId'] === 'string') stacks.own(StackId, resource['gatewayApiId']);
  stacks.waitFor(StackId, status, {
    ...(kind !== undefined && { type: kind }),
    ...(physicalId !== undefined && { physicalId }),
  });
  await handleResourceEvent(dependencies(), eventOf(type, resource, more));
  expect(received).toHaveLength(before + 1);
  return Answer.parse(JSON.parse(received.at(-1)?.body ?? ''));
}

async function itemOf(apiId: string): Promise<StoredItem | undefined> {
  const { pk, sk } = apiItemKey(apiId);
  return (await readTable(table.store)).find((item) => item.pk === pk && item.sk === sk);
}

async function created(resource = properties()) {
  const { PhysicalResourceId, Status } = await handle('Create', resource);
  expect(Status).toBe('SUCCESS');
  return { resource, id: PhysicalResourceId };
}

describe('creating an API', () => {
  it('stores it as published, with its document and an audit entry, and answers its id in one PUT', async () => {
    const resource = properties();
    const answer = await handle('Create', resource);
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      StackId: STACK,
      Data: { apiId: answer.PhysicalResourceId },
    });
    // The signed URL takes no content type.
    expect(received.map(({ method, contentType = '' }) => [method, contentType])).toEqual([['PUT', '']]);
    expect(z.uuid().safeParse(answer.PhysicalResourceId).success).toBe(true);
    const { definition, initialLifecycle, ...registered } = resource;
    expect(await itemOf(answer.PhysicalResourceId)).toMatchObject({
      ...registered,
      requiresSubscription: true,
      approvesSubscriptions: false,
      acceptsImportedKeys: false,
      lifecycle: initialLifecycle,
      stackId: STACK,
      createdAt: time.now,
    });
    const items = await readTable(table.store);
    expect(items.find(({ sk }) => sk === apiDefinitionItemKey('').sk)).toMatchObject({ definition });
    expect(auditEntriesOf(items).at(-1)).toMatchObject({
      action: 'api.register',
      resourceId: answer.PhysicalResourceId,
      actorName: 'CloudFormation',
    });
    expect(logged).toEqual([]);
  });

  it('of a name and version that another stack has is refused, and nothing changes', async () => {
    const { resource } = await created();
    const before = await readTable(table.store);
    const answer = await handle('Create', { ...resource, gatewayApiId: 'gw-evil' }, { StackId: OTHER_STACK });
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('belongs to another stack');
    expect(JSON.stringify([answer, logged])).not.toContain(STACK);
    expect(await readTable(table.store)).toEqual(before);
    const { PhysicalResourceId } = answer;
    await handle('Delete', resource, { StackId: OTHER_STACK, PhysicalResourceId });
    expect(await readTable(table.store)).toEqual(before);
  });

  it.each([
    ['name', { name: '' }],
    ['name', { name: undefined }],
    ['version', { version: 7 }],
    ['context', { context: 'no-slash' }],
    ['requiresSubscription', { requiresSubscription: 'yes' }],
    ['policies', { policies: 'Gold' }],
    ['approvesSubscriptions', { approvesSubscriptions: true }],
    ['initialLifecycle', { initialLifecycle: 'BLOCKED' }],
    ['gatewayApiId', { gatewayApiId: '' }],
    ['productionUrl', { productionUrl: 'gateway.example' }],
    ['sandboxUrl', { sandboxUrl: undefined }],
    ['definition', { definition: {} }],
  ])('with a wrong %s fails, and the reason names it', async (field, wrong) => {
    const before = await readTable(table.store);
    const answer = await handle('Create', properties(wrong));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(new RegExp(`^${field}: (?:must|is required)`));
    expect(await readTable(table.store)).toEqual(before);
  });

  it('names every wrong field at once', async () => {
    const { Reason } = await handle('Create', { name: 'Only a name' });
    expect(Reason).toMatch(/version: .*context: .*gatewayApiId: .*definition: /s);
  });
});

describe('updating an API', () => {
  it('replaces what it was registered with, and keeps lifecycle and time of creation', async () => {
    const { resource, id } = await created();
    const createdAt = time.now;
    await table.store.client.send(
      new UpdateCommand({
        TableName: table.store.tableName,
        Key: apiItemKey(id),
        UpdateExpression: 'SET lifecycle = :state',
        ExpressionAttributeValues: { ':state': 'BLOCKED' },
      }),
    );
    time.now += 1_000;
    const { keyHeader, ...rest } = resource;
    const changed = { ...rest, keyQueryParameter: 'key', description: 'Changed', gatewayApiId: 'gw-2' };
    const answer = await handle('Update', changed, { PhysicalResourceId: id });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    const item = await itemOf(id);
    expect(item).toMatchObject({
      lifecycle: 'BLOCKED',
      description: 'Changed',
      gatewayApiId: 'gw-2',
      keyQueryParameter: 'key',
      createdAt,
      updatedAt: createdAt + 1_000,
    });
    expect([keyHeader, item?.['keyHeader']]).toEqual(['apikey', undefined]);
    const [entry] = auditEntriesOf(await readTable(table.store)).slice(-1);
    expect(entry).toMatchObject({
      action: 'api.update',
      before: { description: 'An API' },
      after: { description: 'Changed' },
    });
  });

  it('that fails keeps the id of the resource, or CloudFormation would delete what it stands for', async () => {
    const { resource, id } = await created();
    const before = await itemOf(id);
    const answer = await handle('Update', { ...resource, context: 'wrong' }, { PhysicalResourceId: id });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
    expect(await itemOf(id)).toEqual(before);
  });

  it('to another name becomes another resource, and deleting the old one leaves the new', async () => {
    const { resource, id } = await created();
    const renamed = { ...resource, name: `${resource.name} renamed` };
    const { PhysicalResourceId } = await handle('Update', renamed, { PhysicalResourceId: id });
    expect(PhysicalResourceId).not.toBe(id);
    await handle('Delete', resource, { PhysicalResourceId: id });
    expect(await itemOf(id)).toBeUndefined();
    expect(await itemOf(PhysicalResourceId)).toMatchObject({ name: renamed.name });
  });
});

describe('deleting an API', () => {
  it('takes it out of the table with its document, and again does nothing', async () => {
    const { resource, id } = await created();
    time.now += 1;
    expect(await handle('Delete', resource, { PhysicalResourceId: id })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: id,
    });
    const items = await readTable(table.store);
    // Only whose the name is stays.
    expect(items.filter(({ pk }) => pk === apiItemKey(id).pk)).toMatchObject([
      { sk: 'NAME', name: resource.name, stackName: 'Samples', isRegistered: false },
    ]);
    expect(auditEntriesOf(items).at(-1)).toMatchObject({ action: 'api.unregister', resourceId: id });
    expect((await handle('Delete', resource, { PhysicalResourceId: id })).Status).toBe('SUCCESS');
    expect(await readTable(table.store)).toEqual(items);
  });

  it.each([
    ['whose gateway has been replaced', { gatewayApiId: 'gw-old' }, STACK],
    ['of another stack', {}, OTHER_STACK],
    ['without a gateway in its properties', { gatewayApiId: undefined }, STACK],
  ])('%s does nothing, and succeeds', async (_, more, StackId) => {
    const { resource, id: PhysicalResourceId } = await created();
    const before = await readTable(table.store);
    const { Status } = await handle('Delete', { ...resource, ...more }, { StackId, PhysicalResourceId });
    expect(Status).toBe('SUCCESS');
    expect(await readTable(table.store)).toEqual(before);
  });

  it('that was never created succeeds, so that a failed creation rolls back', async () => {
    const { PhysicalResourceId } = await handle('Create', properties({ context: 'wrong' }));
    expect((await handle('Delete', properties(), { PhysicalResourceId })).Status).toBe('SUCCESS');
  });
});

describe('the business plans of an API', () => {
  it('must be there when it first names them, and the reason says which there are', async () => {
    const answer = await handle('Create', properties({ policies: ['Gold', 'Gould'] }));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(
      'policies: there is no business plan Gould; there are Bronze, Gold, Silver, Unlimited.',
    );
  });

  it('are not asked for again, so that the way back after a failed update is open', async () => {
    const { resource, id: PhysicalResourceId } = await created();
    await table.store.client.send(
      new DeleteCommand({
        TableName: table.store.tableName,
        Key: { ...policyItemKey('subscription', 'Gold') },
      }),
    );
    const same = await handle('Update', { ...resource, context: '/moved' }, { PhysicalResourceId });
    expect(same.Status).toBe('SUCCESS');
    const more = await handle('Update', { ...resource, policies: ['Gold', 'Tin'] }, { PhysicalResourceId });
    expect(more.Reason).toContain('there is no business plan Tin');
    await seedPolicies(table.store);
  });
});

describe('a large document', () => {
  const definition = JSON.stringify(Array.from({ length: 40_000 }, () => randomUUID()));
  const ResourceType = 'Custom::KeyboundDefinition';

  /** An API whose document was brought in parts before, as CloudFormation brings them. */
  async function createdInParts(text = definition) {
    const resource = properties();
    const apiId = apiIdOf(resource.name, resource.version);
    const { digest, parts } = packDefinition(text);
    const resources = parts.map((content, part) => ({ apiId, digest, part: String(part), content }));
    for (const part of resources.toReversed()) {
      expect(await handle('Create', part, { ResourceType })).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: `keybound-definition-${apiId}-${digest}-${part.part}`,
      });
    }
    const inParts = { ...resource, definition: { digest, parts: String(parts.length) } };
    expect((await handle('Create', inParts)).Status).toBe('SUCCESS');
    return { apiId, resources };
  }

  const read = (apiId: string) => getApiDefinition({ store: table.store, clock }, apiId);

  it('comes in parts that each fit into an event and an item, and is put together again', async () => {
    const { apiId, resources } = await createdInParts();
    expect(resources.length).toBeGreaterThan(5);
    for (const resource of resources) expect(JSON.stringify(resource).length).toBeLessThan(110_000);
    expect(await read(apiId)).toBe(definition);
  });

  it('is not served when a part is another than was registered', async () => {
    const { apiId, resources } = await createdInParts();
    const [first] = resources;
    const forged = { ...first, content: packDefinition('{}').parts[0] };
    const PhysicalResourceId = `keybound-definition-${apiId}-${first?.digest}-${first?.part}`;
    const { Status } = await handle('Update', forged, { ResourceType, PhysicalResourceId });
    expect(Status).toBe('SUCCESS');
    await expect(read(apiId)).rejects.toThrow();
  });

  it('is not changed and not deleted by another stack', async () => {
    const { apiId, resources } = await createdInParts();
    const [first = {}] = resources;
    const other = { ResourceType, StackId: OTHER_STACK };
    expect(await handle('Create', first, other)).toMatchObject({
      Status: 'FAILED',
      Reason: 'another stack has already registered this document',
    });
    expect((await handle('Delete', first, { ...other, PhysicalResourceId: 'part' })).Status).toBe('SUCCESS');
    expect(await read(apiId)).toBe(definition);
  });

  it('goes part by part with its stack, and again does nothing', async () => {
    const { apiId, resources } = await createdInParts();
    for (const resource of [...resources, ...resources]) {
      expect((await handle('Delete', resource, { ResourceType, PhysicalResourceId: 'part' })).Status).toBe(
        'SUCCESS',
      );
    }
    const left = (await readTable(table.store)).filter(({ pk }) => pk === apiItemKey(apiId).pk);
    expect(left.map(({ sk }) => sk).toSorted()).toEqual(['API', 'DEFINITION', 'NAME']);
  });

  it.each([
    ['apiId', { apiId: 'none' }],
    ['digest', { digest: '../x' }],
    ['part', { part: '-1' }],
    ['content', { content: 'no base64!' }],
  ])('with a wrong %s in a part is refused, and the reason names it', async (field, wrong) => {
    const { digest, parts } = packDefinition('{}');
    const resource = { apiId: apiIdOf('a', '1'), digest, part: '0', content: parts[0], ...wrong };
    const answer = await handle('Create', resource, { ResourceType });
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(new RegExp(`^${field}: `));
  });
});

describe('an event that AWS does not confirm', () => {
  /** Sends it without that CloudFormation waits for an answer. */
  async function forge(...event: Parameters<typeof eventOf>) {
    const before = received.length;
    await handleResourceEvent(dependencies(), eventOf(...event));
    expect(received).toHaveLength(before + 1);
    return Answer.parse(JSON.parse(received.at(-1)?.body ?? ''));
  }

  it('changes nothing, whichever state the resource is in but that of the request', async () => {
    const { resource, id: PhysicalResourceId } = await created();
    const before = await readTable(table.store);
    for (const status of [
      'CREATE_COMPLETE',
      'UPDATE_COMPLETE',
      'DELETE_COMPLETE',
      'CREATE_IN_PROGRESS',
    ] as const) {
      stacks.waitFor(STACK, status, { physicalId: PhysicalResourceId });
      for (const type of ['Update', 'Delete'] as const) {
        const answer = await forge(type, { ...resource, description: 'forged' }, { PhysicalResourceId });
        expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
      }
    }
    expect(await readTable(table.store)).toEqual(before);
  });

  it('of a deletion is believed in the clean-up of an update, for what is the resource no more', async () => {
    const { resource, id } = await created();
    stacks.waitFor(STACK, 'UPDATE_COMPLETE', { physicalId: 'the new one' });
    expect((await forge('Delete', resource, { PhysicalResourceId: id })).Status).toBe('FAILED');
    stacks.registry.setStack({
      stackId: STACK,
      stackName: 'Samples',
      status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    });
    stacks.waitFor(STACK, 'UPDATE_COMPLETE', { physicalId: id });
    expect((await forge('Delete', resource, { PhysicalResourceId: id })).Status).toBe('FAILED');
    stacks.waitFor(STACK, 'UPDATE_COMPLETE', { physicalId: 'the new one' });
    expect((await forge('Delete', resource, { PhysicalResourceId: id })).Status).toBe('SUCCESS');
    expect(await itemOf(id)).toBeUndefined();
  });

  it.each([
    ['an HTTP API that is another stack’s', { gatewayApiId: 'gw-others' }, 'gatewayApiId'],
    ['an HTTP API that does not exist', { gatewayApiId: 'gw-nowhere' }, 'gatewayApiId'],
    [
      'a log group that is another stack’s',
      { accessLogGroup: { name: '/aws/vendedlogs/keybound/gw-others', logicalId: LOG_GROUP_ID } },
      'accessLogGroup',
    ],
    [
      'a log group that is a resource of another type',
      { accessLogGroup: { name: 'gw-1', logicalId: 'Apigw1' } },
      'accessLogGroup',
    ],
  ])('is a registration of %s', async (_, more, named) => {
    stacks.own(OTHER_STACK, 'gw-others');
    stacks.own(STACK, 'gw-1');
    stacks.waitFor(STACK, 'CREATE_IN_PROGRESS');
    const before = await readTable(table.store);
    const answer = await forge('Create', properties(more));
    expect([answer.Status, answer.Reason]).toEqual([
      'FAILED',
      expect.stringContaining(`${named}: this stack has no`),
    ]);
    expect(await readTable(table.store)).toEqual(before);
  });

  it('is one of another account or region, and one of the plans of a stack that is not the core', async () => {
    for (const StackId of [
      STACK.replace('000000000000', '1'.repeat(12)),
      STACK.replace('us-east-1', 'eu-west-1'),
    ]) {
      stacks.waitFor(StackId, 'CREATE_IN_PROGRESS');
      expect((await forge('Create', properties(), { StackId })).Reason).toContain('StackId');
    }
  });

  it('gets no answer at all when its URL is not CloudFormation’s', async () => {
    stacks.waitFor(STACK, 'CREATE_IN_PROGRESS');
    const event = { ...eventOf('Create', properties()), ResponseURL: 'https://evil.example/answer' };
    const before = await readTable(table.store);
    await handleResourceEvent(dependencies(), event);
    expect(received).toEqual([]);
    expect(await readTable(table.store)).toEqual(before);
    expect(logged).toEqual([{ level: 'ERROR', type: 'registrar_not_cloudformation' }]);
  });
});

describe('the name of an API', () => {
  const SAME_STACK_AGAIN = STACK.replace(/1$/, '7');

  it('stays with its stack when it is unregistered, with the lifecycle that it had', async () => {
    const { resource, id } = await created(properties({ initialLifecycle: 'CREATED' }));
    await handle('Delete', resource, { PhysicalResourceId: id });
    const other = { ...resource, gatewayApiId: 'gw-other' };
    const refused = await handle('Create', other, { StackId: OTHER_STACK });
    expect([refused.Status, refused.Reason]).toEqual(['FAILED', expect.stringContaining('another stack')]);
    expect(await itemOf(id)).toBeUndefined();
    const again = { ...resource, gatewayApiId: 'gw-again', initialLifecycle: 'PUBLISHED' };
    expect((await handle('Create', again, { StackId: SAME_STACK_AGAIN })).Status).toBe('SUCCESS');
    expect(await itemOf(id)).toMatchObject({ stackId: SAME_STACK_AGAIN, lifecycle: 'CREATED' });
  });

  it('passes to the stack that an administrator names, from one that still has it, too', async () => {
    const { resource, id } = await created();
    const management = { store: table.store, clock };
    const caller = { subject: 'root', name: 'root', sourceIp: '192.0.2.1', requestId: 'r' };
    const release = (stackName: string) => commit(management, { caller }, releaseApiName(id, stackName));
    await release('Somebody');
    const other = { ...resource, gatewayApiId: 'gw-moved' };
    expect((await handle('Create', other, { StackId: OTHER_STACK })).Status).toBe('FAILED');
    await release('Others');
    // Its owner goes on until the other stack takes it.
    expect((await handle('Update', resource, { PhysicalResourceId: id })).Status).toBe('SUCCESS');
    expect((await handle('Create', other, { StackId: OTHER_STACK })).Status).toBe('SUCCESS');
    expect(await itemOf(id)).toMatchObject({ stackId: OTHER_STACK, gatewayApiId: 'gw-moved' });
    await handle('Delete', resource, { PhysicalResourceId: id });
    expect(await itemOf(id)).toMatchObject({ stackId: OTHER_STACK });
    expect((await handle('Create', resource)).Status).toBe('FAILED');
    const names = (await listApiNames(management)).filter(({ apiId }) => apiId === id);
    expect(names).toMatchObject([{ stackName: 'Others', isRegistered: true }]);
    expect(names[0]).not.toHaveProperty('releasedTo');
  });
});

describe('a role that is not effective yet', () => {
  it('is waited for as long as the time allows, and nothing else is tried again', async () => {
    const denied = Object.assign(new Error('not yet'), { name: 'AccessDenied' });
    let time = 10_000;
    const patience = {
      left: () => time,
      pause: (milliseconds: number) => Promise.resolve(void (time -= milliseconds)),
    };
    const tries = vi.fn<() => Promise<string>>().mockRejectedValueOnce(denied).mockResolvedValue('done');
    expect(await untilAllowed(patience, tries)).toBe('done');
    const never = vi.fn<() => Promise<string>>().mockRejectedValue(denied);
    await expect(untilAllowed(patience, never)).rejects.toBe(denied);
    expect(never.mock.calls.length).toBeGreaterThan(1);
    const other = vi.fn<() => Promise<string>>().mockRejectedValue(new Error('other'));
    time = 10_000;
    await expect(untilAllowed(patience, other)).rejects.toThrow('other');
    expect(other).toHaveBeenCalledTimes(1);
  });
});

describe('the answer to CloudFormation', () => {
  it('that is not accepted is an error, so that Lambda tries again', async () => {
    status = 403;
    await expect(handle('Create', properties())).rejects.toThrow('403');
  });

  it('says why the table failed, which only then is logged, and never with the signed URL', async () => {
    const store = { ...table.store, tableName: 'no-such-table' };
    const event = eventOf('Create', properties());
    stacks.own(STACK, 'gw-1');
    stacks.waitFor(STACK, 'CREATE_IN_PROGRESS');
    await handleResourceEvent({ ...dependencies(), store }, event);
    const answer = Answer.parse(JSON.parse(received[0]?.body ?? ''));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).not.toBe('');
    expect(logged).toEqual([expect.objectContaining({ level: 'ERROR', type: 'registrar_fault' })]);
    expect(JSON.stringify(logged)).not.toContain('SIGNED');
  });
});
