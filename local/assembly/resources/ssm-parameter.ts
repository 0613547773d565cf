import { z } from 'zod';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { physicalName } from '../physical-names.ts';
import { harmless, parseProperties } from './parse-properties.ts';

const parameterProperties = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  AllowedPattern: harmless,
  DataType: harmless,
  Description: harmless,
  Policies: harmless,
  Tags: harmless,
  Tier: harmless,
});

/**
 * `AWS::SSM::Parameter`: other templates read it through their own parameters and `{{resolve:ssm:…}}`.
 * Functions cannot read it while they run.
 */
export function deploySsmParameter(context: ResourceContext): DeployedResource {
  const { Name, Type, Value } = parseProperties(context, parameterProperties);
  const name = Name ?? physicalName(context.stack, context.logicalId, 1011);
  context.shared.ssmParameters.set(name, Value);
  return { ref: name, attributes: { Type, Value } };
}
