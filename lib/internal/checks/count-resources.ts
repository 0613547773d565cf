import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/** Lets the synthesis fail when the stack of an API has more resources than a stack can have, and says what helps. */
export function keepWithinStack(
  scope: Construct,
  counted: { readonly routes: number; readonly integrations: number },
): void {
  scope.node.addValidation({
    validate: () => {
      const stack = Stack.of(scope);
      const resources = stack.node
        .findAll()
        .filter((child) => CfnResource.isCfnResource(child) && Stack.of(child) === stack).length;
      if (resources <= MOST_RESOURCES) return [];
      const { routes, integrations } = counted;
      return [
        `its stack ${stack.stackName} has ${resources} resources, and CloudFormation takes ${MOST_RESOURCES}: this API has ${routes} routes and ${integrations} integrations. What helps: a function as backend, which needs one integration for all routes, where a URL needs one for each path; a stack of its own for the API; operations below one path put together as ANY /…/{proxy+} (x-amazon-apigateway-any-method); a document for each part of the API`,
      ];
    },
  });
}
