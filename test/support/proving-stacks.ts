import type { ControlPlanes } from '../../lambdas/functions/registrar/control-planes.ts';
import { describedApi } from '../../local/cloudformation/described-api.ts';
import {
  createStackRegistry,
  type ResourceStatus,
  type StackRegistry,
} from '../../local/cloudformation/stack-registry.ts';

/** Stacks of a test, and what the control planes say of them. */
export interface ProvingStacks {
  readonly registry: StackRegistry;
  readonly controlPlanes: ControlPlanes;
  /** Lets a stack have an HTTP API with this id, and a log group with this name. */
  readonly own: (stackId: string, gatewayApiId: string, logGroup?: string) => void;
  /** Lets CloudFormation wait for an answer about a resource. */
  readonly waitFor: (
    stackId: string,
    status: ResourceStatus,
    resource?: { readonly type?: string; readonly physicalId?: string },
  ) => void;
}

/** The logical id of every log group. */
export const LOG_GROUP_ID = 'AccessLogs';

export function provingStacks(): ProvingStacks {
  const registry = createStackRegistry();
  const known = (stackId: string) => {
    const stackName = stackId.split('/')[1] ?? '';
    if (registry.stack(stackId) === undefined) {
      registry.setStack({ stackId, stackName, status: 'CREATE_IN_PROGRESS' });
    }
  };
  return {
    registry,
    controlPlanes: {
      stackResource: (stackId, logicalId) => Promise.resolve(registry.resource(stackId, logicalId)),
      stackStatus: (stackId) => Promise.resolve(registry.stack(stackId)?.status),
      apiTags: (apiId) =>
        Promise.resolve(describedApi(registry, (id) => `https://${id}.example`, apiId)?.tags),
    },
    own(stackId, gatewayApiId, logGroup = `/aws/vendedlogs/keybound/${gatewayApiId}`) {
      known(stackId);
      registry.setResource(stackId, {
        logicalId: `Api${gatewayApiId}`,
        type: 'AWS::ApiGatewayV2::Api',
        status: 'CREATE_COMPLETE',
        physicalId: gatewayApiId,
      });
      registry.setResource(stackId, {
        logicalId: LOG_GROUP_ID,
        type: 'AWS::Logs::LogGroup',
        status: 'CREATE_COMPLETE',
        physicalId: logGroup,
      });
    },
    waitFor(stackId, status, { type = 'Custom::KeyboundApi', physicalId } = {}) {
      known(stackId);
      registry.setResource(stackId, {
        logicalId: 'Api',
        type,
        status,
        ...(physicalId !== undefined && { physicalId }),
      });
    },
  };
}
