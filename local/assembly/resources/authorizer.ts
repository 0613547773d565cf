import { z } from 'zod';
import { cachingProblem } from '../../gateway/authorize/authorizer-cache.ts';
import type { AuthorizerParts, DeployedResource, ResourceContext } from '../deployment.ts';
import { gatewayId } from '../physical-names.ts';
import { apiPartsOf } from './http-api.ts';
import { booleanProperty, harmless, numberProperty, parseProperties } from './parse-properties.ts';

const DEFAULT_RESULT_TTL_SECONDS = 300;

const authorizerProperties = z.strictObject({
  ApiId: z.string(),
  AuthorizerType: z.enum(['REQUEST', 'JWT']),
  IdentitySource: z.array(z.string()).default([]),
  AuthorizerUri: z.string().optional(),
  AuthorizerPayloadFormatVersion: z.enum(['1.0', '2.0']).optional(),
  EnableSimpleResponses: booleanProperty.default(false),
  AuthorizerResultTtlInSeconds: numberProperty.default(DEFAULT_RESULT_TTL_SECONDS),
  JwtConfiguration: z
    .strictObject({ Audience: z.array(z.string()).default([]), Issuer: z.string() })
    .optional(),
  Name: harmless,
  // The role that invokes is not enforced.
  AuthorizerCredentialsArn: harmless,
});

type AuthorizerProperties = z.output<typeof authorizerProperties>;

/** `AWS::ApiGatewayV2::Authorizer`, JWT or REQUEST. */
export function deployAuthorizer(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, authorizerProperties);
  const authorizerId = gatewayId(context.stack, context.logicalId);
  apiPartsOf(context, properties.ApiId).authorizers.set(
    authorizerId,
    properties.AuthorizerType === 'JWT'
      ? jwtAuthorizer(context, authorizerId, properties)
      : requestAuthorizer(context, authorizerId, properties),
  );
  return { ref: authorizerId, attributes: { AuthorizerId: authorizerId } };
}

function jwtAuthorizer(
  context: ResourceContext,
  authorizerId: string,
  { JwtConfiguration, IdentitySource }: AuthorizerProperties,
): AuthorizerParts {
  const [identitySource] = IdentitySource;
  if (JwtConfiguration === undefined) {
    throw context.cannotRun('a JWT authorizer needs an issuer', 'Properties.JwtConfiguration');
  }
  if (identitySource === undefined || IdentitySource.length > 1) {
    throw context.cannotRun('a JWT authorizer has exactly one identity source', 'Properties.IdentitySource');
  }
  const { Issuer, Audience } = JwtConfiguration;
  return { type: 'JWT', authorizer: { authorizerId, identitySource, issuer: Issuer, audience: Audience } };
}

function requestAuthorizer(
  context: ResourceContext,
  authorizerId: string,
  properties: AuthorizerProperties,
): AuthorizerParts {
  const functionArn = /:lambda:path\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(
    properties.AuthorizerUri ?? '',
  )?.[1];
  if (functionArn === undefined) {
    throw context.cannotRun('is not the invocation URI of a function', 'Properties.AuthorizerUri');
  }
  const payloadFormatVersion = properties.AuthorizerPayloadFormatVersion;
  if (payloadFormatVersion === undefined) {
    throw context.cannotRun(
      'a REQUEST authorizer of an HTTP API must say its payload format',
      'Properties.AuthorizerPayloadFormatVersion',
    );
  }
  if (payloadFormatVersion === '1.0' && properties.EnableSimpleResponses) {
    throw context.cannotRun('simple responses need payload format 2.0', 'Properties.EnableSimpleResponses');
  }
  const results = {
    identitySources: properties.IdentitySource,
    resultTtlSeconds: properties.AuthorizerResultTtlInSeconds,
  };
  const problem = cachingProblem(results);
  if (problem !== undefined) throw context.cannotRun(problem, 'Properties.AuthorizerResultTtlInSeconds');
  return {
    type: 'CUSTOM',
    authorizer: {
      authorizerId,
      functionArn,
      payloadFormatVersion,
      enableSimpleResponses: properties.EnableSimpleResponses,
      ...results,
    },
  };
}
