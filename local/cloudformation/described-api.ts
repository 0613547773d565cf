import type { DescribedApi } from '../gateway/control-plane.ts';
import type { StackRegistry } from './stack-registry.ts';

/**
 * An HTTP API that a stack has made, with the tags that CloudFormation gives to all that can have tags.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
export function describedApi(
  stacks: StackRegistry,
  apiEndpoint: (apiId: string) => string,
  apiId: string,
): DescribedApi | undefined {
  const owner = stacks.owner('AWS::ApiGatewayV2::Api', apiId);
  if (owner === undefined) return undefined;
  return {
    apiId,
    apiEndpoint: apiEndpoint(apiId),
    tags: {
      ...owner.resource.tags,
      'aws:cloudformation:logical-id': owner.resource.logicalId,
      'aws:cloudformation:stack-id': owner.stack.stackId,
      'aws:cloudformation:stack-name': owner.stack.stackName,
    },
  };
}
