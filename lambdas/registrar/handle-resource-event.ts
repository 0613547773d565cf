import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../platform/dynamodb/store.ts';
import { explainIssue } from '../platform/http/explain-issue.ts';
import { describeError, type Log } from '../platform/log.ts';
import { answerCloudFormation, type Outcome } from './answer-cloudformation.ts';
import { keepContinuity } from './keep-continuity.ts';
import { registerApi, unregisterApi, type Registrar } from './register-api.ts';
import { Registration } from './registration.ts';
import { seedPolicies } from './seed-policies.ts';

export interface RegistrarDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** The id of a resource that failed before it had any: there is nothing behind it to delete. */
const NEVER_CREATED = 'keybound-api-never-created';

/** The id of the policies that are there from the start; they outlive the resource. */
const POLICIES = 'keybound-policies';

/** Carries out one event of `Custom::KeyboundApi`, `Custom::KeyboundPolicies` or `Custom::KeyboundContinuity` and tells CloudFormation how it ended. */
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
      await deleteResource(registrar, event.StackId, current, event.ResourceProperties);
      return { status: 'SUCCESS', physicalResourceId: current, data: {} };
    }
    if (event.ResourceType === 'Custom::KeyboundPolicies') {
      await seedPolicies(registrar.store);
      return { status: 'SUCCESS', physicalResourceId: POLICIES, data: {} };
    }
    if (event.ResourceType === 'Custom::KeyboundContinuity') return keepContinuity(event, registrar.clock);
    const registration = Registration.safeParse(event.ResourceProperties, { error: explainIssue });
    if (!registration.success) {
      const problems = registration.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return { status: 'FAILED', physicalResourceId: current, reason: problems.join('; ') };
    }
    const apiId = await registerApi(registrar, event.StackId, registration.data);
    return { status: 'SUCCESS', physicalResourceId: apiId, data: { apiId } };
  } catch (error) {
    log({ level: 'ERROR', type: 'registrar_fault', requestId: event.RequestId, ...describeError(error) });
    const reason = error instanceof Error ? error.message : 'unknown error';
    return { status: 'FAILED', physicalResourceId: current, reason };
  }
}

async function deleteResource(
  registrar: Registrar,
  stackId: string,
  apiId: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { gatewayApiId } = properties;
  if (apiId === NEVER_CREATED || apiId === POLICIES || typeof gatewayApiId !== 'string') return;
  await unregisterApi(registrar, stackId, apiId, gatewayApiId);
}
