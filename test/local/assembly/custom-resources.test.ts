import { describe, expect, it } from 'vitest';
import { ANY_TEXT, textLike } from '../any-text.ts';
import { createStackRegistry } from '../../../local/cloudformation/stack-registry.ts';
import { createCustomResources } from '../../../local/assembly/custom-resources.ts';
import type { CustomResourceRequest } from '../../../local/assembly/deployment.ts';
import type { InvocationResult } from '../../../local/gateway/model.ts';

interface CloudFormationEvent {
  readonly RequestType: string;
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResponseURL: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: object;
  readonly OldResourceProperties?: object;
}

type Answer = (event: CloudFormationEvent) => object | undefined;

const request: CustomResourceRequest = {
  stack: 'Shop',
  stackId: 'arn:stack',
  logicalId: 'Seed',
  resourceType: 'Custom::Seed',
  serviceToken: 'arn:fn',
  properties: { ServiceToken: 'arn:fn', size: 3, deep: { on: true, list: [1, 'x'] } },
};

/** One start of a runner over a state that survives it; `answer` is what the function PUTs. */
function start(saved: Map<string, string>, answer: Answer, outcome?: InvocationResult) {
  const events: CloudFormationEvent[] = [];
  const reports: string[] = [];
  const receivers = new Map<string, (body: string) => void>();
  const stacks = createStackRegistry();
  stacks.setStack({ stackId: request.stackId, stackName: request.stack, status: 'CREATE_IN_PROGRESS' });
  const seen: (string | undefined)[] = [];
  const resources = createCustomResources({
    state: {
      load: (id) => Promise.resolve(saved.get(id)),
      save: (id, value) => Promise.resolve(void saved.set(id, value)),
      remove: (id) => Promise.resolve(void saved.delete(id)),
      ids: (prefix) => Promise.resolve([...saved.keys()].filter((id) => id.startsWith(prefix))),
    },
    invoke: (_arn, payload) => {
      const event = readEvent(payload);
      events.push(event);
      seen.push(
        stacks.resource(event.StackId, event.LogicalResourceId)?.status,
        stacks.stack(event.StackId)?.status,
      );
      const response = answer(event);
      if (response !== undefined) receivers.get(event.RequestId)?.(JSON.stringify(response));
      return Promise.resolve(outcome ?? { outcome: 'returned', payload: null });
    },
    hasFunction: (arn) => arn === 'arn:fn',
    responses: {
      expect: ({ requestId }) => ({
        url: `http://127.0.0.1/${requestId}`,
        body: new Promise((resolve) => receivers.set(requestId, resolve)),
        cancel: () => receivers.delete(requestId),
      }),
    },
    stacks,
    graceMilliseconds: 1,
    report: (text) => reports.push(text),
  });
  return { resources, events, reports, seen };
}

function readEvent(payload: unknown): CloudFormationEvent {
  if (!isEvent(payload)) throw new Error('not a CloudFormation event');
  return payload;
}

function isEvent(payload: unknown): payload is CloudFormationEvent {
  return typeof payload === 'object' && payload !== null && 'RequestType' in payload;
}

const succeed =
  (PhysicalResourceId: string, Data: object = {}): Answer =>
  ({ RequestId, StackId, LogicalResourceId }) => ({
    Status: 'SUCCESS',
    PhysicalResourceId,
    RequestId,
    StackId,
    LogicalResourceId,
    Data,
  });

describe('custom resources', () => {
  it('are created with an event as CloudFormation sends it, every scalar as text', async () => {
    const { resources, events } = start(new Map(), succeed('one', { Answer: '42' }));
    expect(await resources.ensure(request)).toEqual({ ref: 'one', attributes: { Answer: '42' } });
    expect(events).toEqual([
      {
        RequestType: 'Create',
        ServiceToken: 'arn:fn',
        ResponseURL: textLike(/^http:\/\/127\.0\.0\.1\//),
        StackId: 'arn:stack',
        RequestId: ANY_TEXT,
        LogicalResourceId: 'Seed',
        ResourceType: 'Custom::Seed',
        ResourceProperties: { ServiceToken: 'arn:fn', size: '3', deep: { on: 'true', list: ['1', 'x'] } },
      },
    ]);
  });

  it('are left alone at a start with the same properties, and keep their attributes', async () => {
    const saved = new Map<string, string>();
    await start(saved, succeed('one', { Answer: '42' })).resources.ensure(request);
    const { resources, events } = start(saved, succeed('two'));
    expect(await resources.ensure(request)).toEqual({ ref: 'one', attributes: { Answer: '42' } });
    await resources.cleanUp();
    expect(events).toEqual([]);
  });

  it('are updated when a property has changed, told of the old ones', async () => {
    const saved = new Map<string, string>();
    await start(saved, succeed('one')).resources.ensure(request);
    const { resources, events } = start(saved, succeed('one'));
    await resources.ensure({ ...request, properties: { ServiceToken: 'arn:fn', size: 4 } });
    await resources.cleanUp();
    expect(events).toMatchObject([
      {
        RequestType: 'Update',
        PhysicalResourceId: 'one',
        ResourceProperties: { size: '4' },
        OldResourceProperties: { size: '3' },
      },
    ]);
  });

  it('have their former physical resource deleted after an update that replaced it', async () => {
    const saved = new Map<string, string>();
    await start(saved, succeed('one')).resources.ensure(request);
    const { resources, events, seen } = start(saved, succeed('two'));
    await resources.ensure({ ...request, properties: { ServiceToken: 'arn:fn', size: 4 } });
    expect(events.map(({ RequestType }) => RequestType)).toEqual(['Update']);
    await resources.cleanUp();
    expect(seen).toEqual([
      'UPDATE_IN_PROGRESS',
      'CREATE_IN_PROGRESS',
      'UPDATE_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    ]);
    expect(events[1]).toMatchObject({
      RequestType: 'Delete',
      PhysicalResourceId: 'one',
      ResourceProperties: { size: '3' },
    });
    const later = start(saved, succeed('two'));
    await later.resources.ensure({ ...request, properties: { ServiceToken: 'arn:fn', size: 4 } });
    await later.resources.cleanUp();
    expect(later.events).toEqual([]);
  });

  it('are deleted when no template has them any more', async () => {
    const saved = new Map<string, string>();
    await start(saved, succeed('one')).resources.ensure(request);
    const { resources, events } = start(saved, succeed('one'));
    await resources.cleanUp();
    expect(events).toMatchObject([{ RequestType: 'Delete', PhysicalResourceId: 'one' }]);
    expect(saved.size).toBe(0);
  });

  it('that cannot be deleted are reported and do not stop the start', async () => {
    const saved = new Map<string, string>();
    await start(saved, succeed('one')).resources.ensure(request);
    const { resources, reports } = start(saved, (event) => ({
      ...succeed('one')(event),
      Status: 'FAILED',
      Reason: 'in use',
    }));
    await resources.cleanUp();
    expect(reports).toEqual([textLike(/Shop\/Seed \(one\) was not deleted: .*in use/)]);
  });

  it.each<[string, Answer, InvocationResult | undefined, RegExp]>([
    [
      'report FAILED',
      (event) => ({ ...succeed('x')(event), Status: 'FAILED', Reason: 'no table' }),
      undefined,
      /Create failed: no table/,
    ],
    [
      'throw',
      () => undefined,
      { outcome: 'threw', errorType: 'TypeError', errorMessage: 'oops' },
      /its function threw TypeError: oops/,
    ],
    ['time out', () => undefined, { outcome: 'timed-out' }, /its function timed out/],
    ['return without an answer', () => undefined, undefined, /without having sent an answer/],
    [
      'answer for another request',
      (event) => ({ ...succeed('x')(event), RequestId: 'other' }),
      undefined,
      /for another request/,
    ],
    [
      'answer without a physical id',
      (event) => ({ ...succeed('x')(event), PhysicalResourceId: undefined }),
      undefined,
      /no PhysicalResourceId/,
    ],
    ['answer something else', () => ({ ok: true }), undefined, /not a response object/],
  ])('fail the start and keep nothing when functions %s', async (_what, answer, outcome, message) => {
    const saved = new Map<string, string>();
    const { resources } = start(saved, answer, outcome);
    const attempt = resources.ensure(request);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(/^Cannot run Shop\/Seed \(Custom::Seed\)/);
    expect(saved.size).toBe(0);
  });
});
