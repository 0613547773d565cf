import type { DeployedResource, ResourceContext, ResourceKind } from '../deployment.ts';
import { localArn, physicalName } from '../physical-names.ts';

/**
 * A type that has nothing to run. Its properties are not read; of its attributes only the ARN, where it has
 * one, is known.
 */
export function inert(
  service: 'cloudwatch' | 'kms' | 'sqs' | 'sns' | undefined,
  arnPrefix = '',
): ResourceKind {
  return (context: ResourceContext): DeployedResource => {
    const name = physicalName(context.stack, context.logicalId, 64);
    return {
      ref: name,
      attributes: service === undefined ? {} : { Arn: localArn(service, `${arnPrefix}${name}`) },
      attributesUnknownBecause: `${context.logicalId} (${context.resourceType}) is accepted without being run, so its attributes are not known`,
    };
  };
}
