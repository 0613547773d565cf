import { z } from 'zod';
import { integrationUriProblem } from '../../gateway/integrate/integration-uri.ts';
import type { ParameterMapping } from '../../gateway/model.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { gatewayId } from '../physical-names.ts';
import { apiPartsOf } from './http-api.ts';
import { harmless, numberProperty, parseProperties } from './parse-properties.ts';

const MAXIMUM_TIMEOUT_MILLISECONDS = 30_000;

const integrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.enum(['AWS_PROXY', 'HTTP_PROXY']),
  IntegrationUri: z.string('an integration without a URI calls an AWS service, which is not supported'),
  IntegrationMethod: z.string().optional(),
  PayloadFormatVersion: z.enum(['1.0', '2.0']).default('1.0'),
  RequestParameters: z.record(z.string(), z.string()).default({}),
  ResponseParameters: z
    .record(
      z.string(),
      z.strictObject({
        ResponseParameters: z
          .array(z.strictObject({ Destination: z.string(), Source: z.string() }))
          .default([]),
      }),
    )
    .default({}),
  TimeoutInMillis: numberProperty.default(MAXIMUM_TIMEOUT_MILLISECONDS),
  ConnectionType: z.literal('INTERNET', 'private integrations are not supported').optional(),
  // The role that invokes is not enforced.
  CredentialsArn: harmless,
  Description: harmless,
});

/** `AWS::ApiGatewayV2::Integration`, with a function or an HTTP backend. */
export function deployIntegration(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, integrationProperties);
  const integrationId = gatewayId(context.stack, context.logicalId);
  const problem = integrationUriProblem(properties.IntegrationType, properties.IntegrationUri);
  if (problem !== undefined) {
    throw context.cannotRun(`API Gateway refuses this URI: it ${problem}`, 'Properties.IntegrationUri');
  }
  const base = {
    integrationId,
    uri: properties.IntegrationUri,
    timeoutMilliseconds: properties.TimeoutInMillis,
    requestParameters: properties.RequestParameters,
    responseParameters: Object.fromEntries(
      Object.entries(properties.ResponseParameters).map(
        ([status, { ResponseParameters }]): [string, ParameterMapping] => [
          status,
          Object.fromEntries(ResponseParameters.map(({ Destination, Source }) => [Destination, Source])),
        ],
      ),
    ),
  };
  const { integrations } = apiPartsOf(context, properties.ApiId);
  if (properties.IntegrationType === 'AWS_PROXY') {
    integrations.set(integrationId, {
      ...base,
      type: 'AWS_PROXY',
      payloadFormatVersion: properties.PayloadFormatVersion,
    });
  } else {
    const method = properties.IntegrationMethod;
    if (method === undefined) {
      throw context.cannotRun('an HTTP_PROXY integration needs a method', 'Properties.IntegrationMethod');
    }
    integrations.set(integrationId, { ...base, type: 'HTTP_PROXY', method });
  }
  return { ref: integrationId, attributes: { IntegrationId: integrationId } };
}
