import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { localArn, physicalName } from '../physical-names.ts';

/**
 * The runner's own issuer stands in for every user pool: its tokens, users and groups are the same for all. The
 * pool's properties are not read.
 */
export function deployUserPool(context: ResourceContext): DeployedResource {
  const { issuer } = context.identity;
  const name = physicalName(context.stack, context.logicalId, 55);
  return {
    ref: name,
    attributes: {
      Arn: localArn('cognito-idp', `userpool/${name}`),
      ProviderName: new URL(issuer).host,
      ProviderURL: issuer,
      UserPoolId: name,
    },
  };
}

/** The one public client of the runner's issuer. */
export function deployUserPoolClient({ identity }: ResourceContext): DeployedResource {
  return { ref: identity.clientId, attributes: { ClientId: identity.clientId, Name: identity.clientId } };
}
