import type { DeployedResource, ResourceContext } from '../deployment.ts';

/** `AWS::CloudFormation::CustomResource` and `Custom::*`, provided by a function of the assembly. */
export function deployCustomResource(context: ResourceContext): Promise<DeployedResource> {
  const serviceToken = context.properties['ServiceToken'];
  if (typeof serviceToken !== 'string' || !serviceToken.startsWith('arn:aws:lambda:')) {
    throw context.cannotRun('only a function can provide a custom resource here', 'Properties.ServiceToken');
  }
  const { stack, stackId, logicalId, resourceType, properties } = context;
  return context.provisioner.customResource({
    stack,
    stackId,
    logicalId,
    resourceType,
    serviceToken,
    properties,
  });
}
