import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { explainIssue } from '../../platform/http/explain-issue.ts';
import { describeError, type Log } from '../../platform/log.ts';
import { answerCloudFormation, type Outcome } from './answer-cloudformation.ts';
import type { ControlPlanes } from './control-planes.ts';
import { deleteDefinitionPart, storeDefinitionPart } from './definition-parts.ts';
import { keepContinuity } from './keep-continuity.ts';
import { proveBelongings, proveRequest } from './prove-request.ts';
import { registerApi, unregisterApi, type Registrar } from './register-api.ts';
import { DefinitionPart, Registration, RESOURCE_TYPES } from '../../contract/registration.ts';
import { ResourceEvent } from './resource-event.ts';
import { isResponseUrl } from './response-url.ts';
import { seedPolicies } from './seed-policies.ts';
import { stackNameOf, type Home } from './stack-id.ts';
import { untilAllowed, type Patience } from './until-allowed.ts';

export interface RegistrarDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly controlPlanes: ControlPlanes;
  /** Where the function runs: stacks of another account or region have no business here. */
  readonly home: Home;
  /** Id of the core's own stack: the only one whose `Custom::KeyboundPolicies` counts. */
  readonly coreStackId: string;
  readonly patience: Patience;
}

/** The id of a resource that failed before it had any: there is nothing behind it to delete. */
const NEVER_CREATED = 'keybound-api-never-created';

/** The id of the policies that are there from the start; they outlive the resource. */
const POLICIES = 'keybound-policies';

/**
 * Carries out one event of `Custom::KeyboundApi`, `Custom::KeyboundDefinition`, `Custom::KeyboundPolicies` or
 * `Custom::KeyboundContinuity` and tells CloudFormation how it ended. What cannot be CloudFormation's gets no answer: there
 * would be nobody but a forger to get it.
 */
export async function handleResourceEvent(
  dependencies: RegistrarDependencies,
  received: unknown,
): Promise<void> {
  const { data: event } = ResourceEvent.safeParse(received);
  if (event === undefined || !isResponseUrl(event.ResponseURL, dependencies.home)) {
    dependencies.log({ level: 'ERROR', type: 'registrar_not_cloudformation' });
    return;
  }
  await answerCloudFormation(event, await outcomeOf(dependencies, event));
}

async function outcomeOf(dependencies: RegistrarDependencies, event: ResourceEvent): Promise<Outcome> {
  const current = event.RequestType === 'Create' ? NEVER_CREATED : event.PhysicalResourceId;
  try {
    return await untilAllowed(dependencies.patience, () => carryOut(dependencies, event, current));
  } catch (error) {
    dependencies.log({
      level: 'ERROR',
      type: 'registrar_fault',
      requestId: event.RequestId,
      ...describeError(error),
    });
    const reason = error instanceof Error ? error.message : 'unknown error';
    return { status: 'FAILED', physicalResourceId: current, reason };
  }
}

async function carryOut(
  { store, clock, log, controlPlanes, home, coreStackId }: RegistrarDependencies,
  event: ResourceEvent,
  current: string,
): Promise<Outcome> {
  const failed = (reason: string): Outcome => ({ status: 'FAILED', physicalResourceId: current, reason });
  const refused = (reason: string): Outcome => {
    log({ level: 'WARN', type: 'registrar_refused', requestId: event.RequestId, reason });
    return failed(reason);
  };
  const unchanged: Outcome = { status: 'SUCCESS', physicalResourceId: current, data: {} };
  if (event.RequestType === 'Delete' && (current === NEVER_CREATED || current === POLICIES)) return unchanged;

  const stackName = stackNameOf(event.StackId, home);
  if (stackName === undefined) return refused('StackId: is no stack of this account and region');
  const proof = await proveRequest(controlPlanes, event);
  if (!proof.proven) return refused(proof.reason);
  const registrar: Registrar = {
    store,
    clock,
    caller: {
      subject: event.StackId,
      name: 'CloudFormation',
      sourceIp: 'cloudformation.amazonaws.com',
      requestId: event.RequestId,
    },
    stack: { stackId: event.StackId, stackName },
  };

  if (event.ResourceType === RESOURCE_TYPES.policies) {
    if (event.StackId !== coreStackId) return refused('only the stack of the core itself has policies');
    await seedPolicies(store);
    return { status: 'SUCCESS', physicalResourceId: POLICIES, data: {} };
  }
  if (event.ResourceType === RESOURCE_TYPES.continuity) {
    if (event.StackId !== coreStackId) return refused('only the stack of the core itself has a continuity');
    return event.RequestType === 'Delete' ? unchanged : keepContinuity(event, clock);
  }
  if (event.ResourceType === RESOURCE_TYPES.definition) {
    if (event.RequestType === 'Delete') {
      await deleteDefinitionPart(registrar, event.StackId, event.ResourceProperties);
      return unchanged;
    }
    const part = DefinitionPart.safeParse(event.ResourceProperties, { error: explainIssue });
    if (!part.success) return failed(problemsOf(part.error));
    const physicalResourceId = await storeDefinitionPart(registrar, event.StackId, part.data);
    return { status: 'SUCCESS', physicalResourceId, data: {} };
  }
  if (event.ResourceType !== RESOURCE_TYPES.api) return refused('ResourceType: is not one of Keybound');
  if (event.RequestType === 'Delete') {
    const { gatewayApiId } = event.ResourceProperties;
    if (typeof gatewayApiId === 'string') await unregisterApi(registrar, current, gatewayApiId);
    return unchanged;
  }
  const registration = Registration.safeParse(event.ResourceProperties, { error: explainIssue });
  if (!registration.success) {
    return failed(problemsOf(registration.error));
  }
  const belongings = await proveBelongings(controlPlanes, event.StackId, registration.data);
  if (!belongings.proven) return refused(belongings.reason);
  const result = await registerApi(registrar, registration.data);
  return result.registered
    ? { status: 'SUCCESS', physicalResourceId: result.apiId, data: { apiId: result.apiId } }
    : refused(result.reason);
}

function problemsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
