import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../platform/dynamodb/store.ts';
import { explainIssue } from '../platform/http/explain-issue.ts';
import { describeError, type Log } from '../platform/log.ts';
import { answerCloudFormation, type Outcome } from './answer-cloudformation.ts';
import { deleteDefinitionPart, storeDefinitionPart } from './definition-parts.ts';
import { registerApi, unregisterApi, type Registrar } from './register-api.ts';
import { DefinitionPart, Registration } from './registration.ts';
import { seedPolicies } from './seed-policies.ts';

export interface RegistrarDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** The id of a resource that failed before it had any: there is nothing behind it to delete. */
const NEVER_CREATED = 'keybound-api-never-created';

/** The resource type of the parts of large documents. */
const DEFINITION = 'Custom::KeyboundDefinition';

/** The id of the policies that are there from the start; they outlive the resource. */
const POLICIES = 'keybound-policies';

/** Carries out one event of `Custom::KeyboundApi`, `Custom::KeyboundDefinition` or `Custom::KeyboundPolicies` and tells CloudFormation how it ended. */
export async function handleResourceEvent(
  { store, clock, log }: RegistrarDependencies,
  event: CloudFormationCustomResourceEvent,
): Promise<void> {
  const registrar: Registrar = {
    store,
    clock,
    caller: {
      subject: event.StackId,
      name: 'CloudFormation',
      sourceIp: 'cloudformation.amazonaws.com',
      requestId: event.RequestId,
    },
  };
  await answerCloudFormation(event, await outcomeOf(registrar, event, log));
}

async function outcomeOf(
  registrar: Registrar,
  event: CloudFormationCustomResourceEvent,
  log: Log,
): Promise<Outcome> {
  const current = event.RequestType === 'Create' ? NEVER_CREATED : event.PhysicalResourceId;
  try {
    if (event.RequestType === 'Delete') {
      await deleteResource(registrar, event, current);
      return { status: 'SUCCESS', physicalResourceId: current, data: {} };
    }
    if (event.ResourceType === 'Custom::KeyboundPolicies') {
      await seedPolicies(registrar.store);
      return { status: 'SUCCESS', physicalResourceId: POLICIES, data: {} };
    }
    if (event.ResourceType === DEFINITION) {
      const part = readProperties(DefinitionPart, event.ResourceProperties);
      const physicalResourceId = await storeDefinitionPart(registrar, event.StackId, part);
      return { status: 'SUCCESS', physicalResourceId, data: {} };
    }
    const registration = readProperties(Registration, event.ResourceProperties);
    const apiId = await registerApi(registrar, event.StackId, registration);
    return { status: 'SUCCESS', physicalResourceId: apiId, data: { apiId } };
  } catch (error) {
    if (error instanceof WrongProperties) {
      return { status: 'FAILED', physicalResourceId: current, reason: error.message };
    }
    log({ level: 'ERROR', type: 'registrar_fault', requestId: event.RequestId, ...describeError(error) });
    const reason = error instanceof Error ? error.message : 'unknown error';
    return { status: 'FAILED', physicalResourceId: current, reason };
  }
}

async function deleteResource(
  registrar: Registrar,
  { StackId: stackId, ResourceType: type, ResourceProperties: properties }: CloudFormationCustomResourceEvent,
  id: string,
): Promise<void> {
  if (type === DEFINITION) return deleteDefinitionPart(registrar, stackId, properties);
  const { gatewayApiId }: Readonly<Record<string, unknown>> = properties;
  if (id === NEVER_CREATED || id === POLICIES || typeof gatewayApiId !== 'string') return;
  await unregisterApi(registrar, stackId, id, gatewayApiId);
}

/** What a template says and cannot be carried out. */
class WrongProperties extends Error {}

/** @throws WrongProperties that names each. */
function readProperties<T>(schema: z.ZodType<T>, properties: unknown): T {
  const reading = schema.safeParse(properties, { error: explainIssue });
  if (reading.success) return reading.data;
  const problems = reading.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new WrongProperties(problems.join('; '));
}
