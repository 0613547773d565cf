import { ApiGatewayV2Client, GetApiCommand, NotFoundException } from '@aws-sdk/client-apigatewayv2';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

/** A resource of a stack, as CloudFormation tells of it. */
export interface StackResource {
  readonly type: string;
  readonly status: string;
  /** Absent while it is being created. */
  readonly physicalId?: string;
}

/** AWS's own answers about stacks and gateways. */
export interface ControlPlanes {
  /** `undefined`: there is no such stack, or no such resource in it. */
  readonly stackResource: (stackId: string, logicalId: string) => Promise<StackResource | undefined>;
  /** `undefined`: there is no such stack. */
  readonly stackStatus: (stackId: string) => Promise<string | undefined>;
  /** The tags of an HTTP API; `undefined`: there is none. */
  readonly apiTags: (gatewayApiId: string) => Promise<Readonly<Record<string, string>> | undefined>;
}

export function createControlPlanes(
  cloudFormation = new CloudFormationClient({ maxAttempts: 5 }),
  apiGateway = new ApiGatewayV2Client({ maxAttempts: 5 }),
): ControlPlanes {
  return {
    stackResource: async (StackName, LogicalResourceId) => {
      const answer = await orAbsent(
        cloudFormation.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId })),
      );
      const detail = answer?.StackResourceDetail;
      // A stack is found by its name, too: what was asked for must be what was found.
      if (detail?.StackId !== StackName || detail.LogicalResourceId !== LogicalResourceId) return undefined;
      return {
        type: detail.ResourceType ?? '',
        status: detail.ResourceStatus ?? '',
        ...(detail.PhysicalResourceId !== undefined && { physicalId: detail.PhysicalResourceId }),
      };
    },
    stackStatus: async (StackName) => {
      const answer = await orAbsent(cloudFormation.send(new DescribeStacksCommand({ StackName })));
      const stack = answer?.Stacks?.find(({ StackId }) => StackId === StackName);
      return stack?.StackStatus;
    },
    apiTags: async (ApiId) => {
      try {
        const { Tags = {} } = await apiGateway.send(new GetApiCommand({ ApiId }));
        return Tags;
      } catch (error) {
        if (error instanceof NotFoundException) return undefined;
        throw error;
      }
    },
  };
}

/** CloudFormation answers `ValidationError` where a stack or resource does not exist. */
async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') return undefined;
    throw error;
  }
}
