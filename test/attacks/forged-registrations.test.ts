import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { stackIdOf } from '../../local/assembly/stack-scope.ts';
import { RESPONSE_HOST } from '../../local/cloudformation/response-urls.ts';
import { ADMIN, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

let keybound: RunningKeybound;
beforeAll(async () => {
  keybound = await runKeybound();
});
afterAll(() => keybound.close());

const state = async () => {
  const { json } = await keybound.manage('admin', 'GET', '/api/am/publisher/v4/apis');
  const names = await keybound.manage('admin', 'GET', `${ADMIN}/api-names`);
  return { apis: json, names: names.json };
};

/** What an attacker can find out of the victim: stacks, logical ids and function names are no secrets. */
const stacks = await readAssembly(inject('assembly'));
const resources = stacks.flatMap(({ name, template }) =>
  Object.entries(template.Resources).map(([logicalId, { Type, Properties }]) => ({
    stack: name,
    logicalId,
    type: Type,
    properties: Properties,
  })),
);
const found = (what: (resource: (typeof resources)[number]) => boolean) => {
  const resource = resources.find(what);
  if (resource === undefined) throw new Error('the assembly has no such resource');
  return resource;
};
const registration = found(
  ({ type, properties }) => type === 'Custom::KeyboundApi' && properties['name'] === 'PizzaShackAPI',
);
const registrarName = resources
  .flatMap(({ properties: { FunctionName: name } }) => (typeof name === 'string' ? name : []))
  .find((name) => name.endsWith('-registrar'));
const REGISTRAR = `arn:aws:lambda:us-east-1:000000000000:function:${registrarName ?? ''}`;
const EVIL = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Evil/11111111-1111-4111-8111-111111111111';

/** What is true of the registration of PizzaShack. */
const VICTIM = {
  StackId: stackIdOf(registration.stack),
  LogicalResourceId: registration.logicalId,
  PhysicalResourceId: apiIdOf('PizzaShackAPI', '1.0.0'),
};
const gatewayOf = (name: string) =>
  keybound.runner.assembly.apis.find((api) => api.name.startsWith(name))?.apiId ?? '';

function forged(more: object = {}, properties: object = {}): object {
  return {
    RequestType: 'Create',
    ServiceToken: REGISTRAR,
    ResponseURL: `https://${RESPONSE_HOST}/forged?X-Amz-Signature=forged`,
    StackId: EVIL,
    RequestId: 'forged-1',
    LogicalResourceId: 'Registration',
    ResourceType: 'Custom::KeyboundApi',
    ResourceProperties: {
      ServiceToken: REGISTRAR,
      name: 'PizzaShackAPI',
      version: '1.0.0',
      context: '/evil',
      description: '',
      provider: 'Evil',
      requiresSubscription: 'false',
      approvesSubscriptions: 'false',
      acceptsImportedKeys: 'true',
      initialLifecycle: 'PUBLISHED',
      gatewayApiId: gatewayOf('PizzaShack'),
      productionUrl: 'https://evil.example',
      sandboxUrl: 'https://evil.example',
      definition: '{}',
      ...properties,
    },
    ...more,
  };
}

describe('an event that somebody else than CloudFormation sends to the registrar', () => {
  it.each<[string, () => object]>([
    ['a registration for a stack that there is not', () => forged()],
    ['of a new name', () => forged({}, { name: 'Evil' })],
    [
      'of a stack of another account',
      () => forged({ StackId: EVIL.replace('000000000000', '999999999999') }),
    ],
    ['for the stack of a deployed API', () => forged({ ...VICTIM, RequestType: 'Update' })],
    ['for a resource of another type', () => forged({ ...VICTIM, ResourceType: 'Custom::KeyboundPolicies' })],
    ['a deletion of a deployed API', () => forged({ ...VICTIM, RequestType: 'Delete' })],
    ['no event at all', () => ({ hello: 'registrar' })],
  ])('changes nothing: %s', async (_, event) => {
    const before = await state();
    await keybound.runner.invoke(REGISTRAR, event());
    expect(await state()).toEqual(before);
  });

  it('gets no answer anywhere but at CloudFormation', async () => {
    const received: string[] = [];
    const server = createServer((request, response) => {
      received.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    for (const ResponseURL of [
      `http://127.0.0.1:${port}/answer`,
      `http://${RESPONSE_HOST}@127.0.0.1:${port}/answer`,
      `https://127.0.0.1:${port}/${RESPONSE_HOST}`,
      `https://evil-${RESPONSE_HOST}/answer`,
      `https://${RESPONSE_HOST}.evil.example/answer`,
      `https://${RESPONSE_HOST.replace('useast1', 'evil')}/answer`,
      'file:///etc/passwd',
      'not a URL',
    ]) {
      expect(await keybound.runner.invoke(REGISTRAR, forged({ ResponseURL }))).toMatchObject({
        outcome: 'returned',
      });
    }
    expect(received).toEqual([]);
  });

  it('says nothing of another stack in the log', async () => {
    await keybound.runner.invoke(REGISTRAR, forged());
    const lines = keybound.lines.filter(({ line }) => line.includes('registrar_refused'));
    expect(lines.length).toBeGreaterThan(0);
    expect(
      lines.filter(({ line }) => line.includes(VICTIM.StackId) || line.includes(registration.stack)),
    ).toEqual([]);
  });
});
