import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ResponseReceiver } from '../cloudformation/response-urls.ts';
import type { StackRegistry } from '../cloudformation/stack-registry.ts';
import type { RunnerState } from '../dynamodb/runner-state.ts';
import type { InvocationResult } from '../gateway/model.ts';
import { messageOf } from '../message-of.ts';
import { parseJson } from '../parse-json.ts';
import { CannotRunError } from './cannot-run-error.ts';
import type { CustomResourceRequest } from './deployment.ts';
import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { DeployedResource } from './stack-scope.ts';

export interface CustomResourcesOptions {
  readonly state: RunnerState;
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  readonly hasFunction: (functionArn: string) => boolean;
  readonly responses: ResponseReceiver;
  /** Learns what happens to each resource, for functions that ask. */
  readonly stacks: StackRegistry;
  /** How long after the function's end its answer may still arrive. */
  readonly graceMilliseconds: number;
  readonly report: (text: string) => void;
}

/** Runs the life of custom resources, as CloudFormation does, over all starts on the same database. */
export interface CustomResources {
  /**
   * Create at the first start, Update when properties have changed, nothing else otherwise.
   * @throws CannotRunError when the function reports FAILED, fails or does not answer.
   */
  ensure(request: CustomResourceRequest): Promise<DeployedResource>;
  /** After everything is deployed: Delete for what was replaced, and for what is in no template any more. */
  cleanUp(): Promise<void>;
}

const PREFIX = 'custom-resource/';

const json: z.ZodType<Json> = z.json().transform((value): Json => value);

const identity = z.object({ physicalId: z.string(), properties: z.record(z.string(), json) });

const recordSchema = identity.extend({
  stack: z.string(),
  stackId: z.string(),
  logicalId: z.string(),
  resourceType: z.string(),
  serviceToken: z.string(),
  attributes: z.record(z.string(), json),
  /** Former physical resources, not deleted yet. */
  replaced: z.array(identity),
});

type CustomResourceRecord = z.output<typeof recordSchema>;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
const responseSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().min(1).max(1024).optional(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  Data: z.record(z.string(), json).nullish(),
});

type Change =
  | { readonly RequestType: 'Create' }
  | {
      readonly RequestType: 'Update';
      readonly PhysicalResourceId: string;
      readonly OldResourceProperties: JsonObject;
    }
  | { readonly RequestType: 'Delete'; readonly PhysicalResourceId: string };

export function createCustomResources(options: CustomResourcesOptions): CustomResources {
  const { state, stacks } = options;
  const seen = new Set<string>();

  const load = async (id: string): Promise<CustomResourceRecord | undefined> => {
    const text = await state.load(id);
    return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
  };

  const change = async (request: CustomResourceRequest, properties: JsonObject, what: Change) => {
    const requestId = randomUUID();
    const { stackId, logicalId } = request;
    const expected = options.responses.expect({ requestId, stackId, logicalId });
    const cannotRun = (reason: string): CannotRunError =>
      new CannotRunError(
        { stack: request.stack, logicalId: request.logicalId, resourceType: request.resourceType },
        `${what.RequestType} failed: ${reason}`,
      );
    try {
      const invoked = options.invoke(request.serviceToken, {
        ...what,
        ServiceToken: request.serviceToken,
        ResponseURL: expected.url,
        StackId: request.stackId,
        RequestId: requestId,
        LogicalResourceId: request.logicalId,
        ResourceType: request.resourceType,
        ResourceProperties: properties,
      });
      const body = await Promise.race([
        expected.body,
        unanswered(invoked, options.graceMilliseconds, cannotRun),
      ]);
      const parsed = responseSchema.safeParse(parseJson(body));
      if (!parsed.success) throw cannotRun(`the answer is not a response object: ${body.slice(0, 200)}`);
      const response = parsed.data;
      if (
        response.RequestId !== requestId ||
        response.StackId !== request.stackId ||
        response.LogicalResourceId !== request.logicalId
      ) {
        throw cannotRun('the answer is for another request, stack or resource');
      }
      if (response.Status === 'FAILED') throw cannotRun(response.Reason ?? 'no reason given');
      if (response.PhysicalResourceId === undefined) throw cannotRun('the answer has no PhysicalResourceId');
      return { physicalId: response.PhysicalResourceId, attributes: response.Data ?? {} };
    } finally {
      expected.cancel();
    }
  };

  /** The former physical resource of one that is left, or one that no template has any more. */
  const remove = async (
    record: CustomResourceRecord,
    { physicalId, properties }: z.output<typeof identity>,
    why: 'replaced' | 'removed',
  ) => {
    const name = `${record.stack}/${record.logicalId} (${physicalId})`;
    if (!options.hasFunction(record.serviceToken)) {
      options.report(`${name} was not deleted: its function is in no template any more`);
      return;
    }
    const { stackId, logicalId, resourceType: type } = record;
    const { status } = stacks.stack(stackId) ?? {};
    stacks.setStack({
      stackId,
      stackName: record.stack,
      status: status === undefined ? 'DELETE_IN_PROGRESS' : 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    });
    if (why === 'removed') {
      stacks.setResource(stackId, { logicalId, type, physicalId, status: 'DELETE_IN_PROGRESS' });
    }
    try {
      await change({ ...record, properties }, properties, {
        RequestType: 'Delete',
        PhysicalResourceId: physicalId,
      });
    } catch (error) {
      // CloudFormation, too, ends an update whose cleaning up fails.
      options.report(`${name} was not deleted: ${messageOf(error)}`);
    }
    if (why === 'removed') {
      stacks.setResource(stackId, { logicalId, type, physicalId, status: 'DELETE_COMPLETE' });
    }
    stacks.setStack({ stackId, stackName: record.stack, status: status ?? 'DELETE_COMPLETE' });
  };

  return {
    async ensure(request) {
      const id = `${PREFIX}${request.stack}/${request.logicalId}`;
      seen.add(id);
      const properties = withTextScalars(request.properties);
      const before = await load(id);
      if (before !== undefined && isDeepStrictEqual(before.properties, properties)) return deployed(before);
      const { stack, stackId, logicalId, resourceType, serviceToken } = request;
      stacks.setResource(stackId, {
        logicalId,
        type: resourceType,
        status: before === undefined ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
        ...(before !== undefined && { physicalId: before.physicalId }),
      });
      const after = await change(
        request,
        properties,
        before === undefined
          ? { RequestType: 'Create' }
          : {
              RequestType: 'Update',
              PhysicalResourceId: before.physicalId,
              OldResourceProperties: before.properties,
            },
      );
      const wasReplaced = before !== undefined && before.physicalId !== after.physicalId;
      const record: CustomResourceRecord = {
        stack,
        stackId,
        logicalId,
        resourceType,
        serviceToken,
        properties,
        ...after,
        replaced: [
          ...(before?.replaced ?? []),
          ...(wasReplaced ? [{ physicalId: before.physicalId, properties: before.properties }] : []),
        ],
      };
      await state.save(id, JSON.stringify(record));
      return deployed(record);
    },
    async cleanUp() {
      for (const id of await state.ids(PREFIX)) {
        const record = await load(id);
        if (record === undefined) continue;
        for (const former of record.replaced) await remove(record, former, 'replaced');
        if (!seen.has(id)) {
          await remove(record, record, 'removed');
          await state.remove(id);
        } else if (record.replaced.length > 0) {
          await state.save(id, JSON.stringify({ ...record, replaced: [] }));
        }
      }
    },
  };
}

function deployed({ physicalId, attributes }: CustomResourceRecord): DeployedResource {
  return { ref: physicalId, attributes };
}

/** Rejects when a function ended without an answer: nothing else on this machine could still give one. */
async function unanswered(
  invoked: Promise<InvocationResult>,
  graceMilliseconds: number,
  cannotRun: (reason: string) => CannotRunError,
): Promise<never> {
  const result = await invoked;
  if (result.outcome === 'threw') {
    throw cannotRun(`its function threw ${result.errorType}: ${result.errorMessage}`);
  }
  if (result.outcome === 'timed-out') throw cannotRun('its function timed out');
  await new Promise((resolve) => setTimeout(resolve, graceMilliseconds));
  throw cannotRun('its function returned without having sent an answer to the ResponseURL');
}

/** CloudFormation hands every number and boolean over as text. */
function withTextScalars(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textScalars(item)]));
}

function textScalars(value: Json): Json {
  if (Array.isArray(value)) return value.map(textScalars);
  if (isJsonObject(value)) return withTextScalars(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
