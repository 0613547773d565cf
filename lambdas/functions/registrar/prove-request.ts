import type { ControlPlanes } from './control-planes.ts';
import type { Registration } from '../../contract/registration.ts';
import type { ResourceEvent } from './resource-event.ts';

/** Whether AWS confirms an event; otherwise why not, without a word about other stacks. */
export type Proof = { readonly proven: true } | { readonly proven: false; readonly reason: string };

const PROVEN = { proven: true } as const;

/** The states in which CloudFormation waits for the answer to a request. */
const STATUS_OF_REQUEST = {
  Create: ['CREATE_IN_PROGRESS'],
  Update: ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'],
  Delete: ['DELETE_IN_PROGRESS'],
} as const;

/**
 * Asks CloudFormation whether the stack has this resource, of this type, and waits for an answer about it. An event alone
 * proves nothing: whoever may invoke the function can write one.
 */
export async function proveRequest(
  { stackResource, stackStatus }: ControlPlanes,
  event: ResourceEvent,
): Promise<Proof> {
  const resource = await stackResource(event.StackId, event.LogicalResourceId);
  if (resource?.type === event.ResourceType) {
    if (STATUS_OF_REQUEST[event.RequestType].some((status) => status === resource.status)) return PROVEN;
    // What an update has replaced is deleted at its end, when the resource itself is another already.
    const isFormer =
      event.RequestType === 'Delete' &&
      resource.physicalId !== event.PhysicalResourceId &&
      (await stackStatus(event.StackId))?.endsWith('_CLEANUP_IN_PROGRESS') === true;
    if (isFormer) return PROVEN;
  }
  return {
    proven: false,
    reason: `CloudFormation does not confirm that the stack asks for this: no ${event.ResourceType} ${event.LogicalResourceId} of the stack waits for its ${event.RequestType}`,
  };
}

/** Asks API Gateway and CloudFormation whether the gateway and the log group of a registration are the stack's own. */
export async function proveBelongings(
  { apiTags, stackResource }: ControlPlanes,
  stackId: string,
  { gatewayApiId, accessLogGroup }: Pick<Registration, 'gatewayApiId' | 'accessLogGroup'>,
): Promise<Proof> {
  const tags = await apiTags(gatewayApiId);
  // Only CloudFormation can set tags that begin so.
  if (tags?.['aws:cloudformation:stack-id'] !== stackId) {
    return { proven: false, reason: 'gatewayApiId: this stack has no such HTTP API' };
  }
  if (accessLogGroup === undefined) return PROVEN;
  const group = await stackResource(stackId, accessLogGroup.logicalId);
  return group?.type === 'AWS::Logs::LogGroup' && group.physicalId === accessLogGroup.name
    ? PROVEN
    : { proven: false, reason: 'accessLogGroup: this stack has no such log group' };
}
