import { z } from 'zod';
import { accessLogFormatProblem } from '../../gateway/respond/access-log-format.ts';
import type { CorsConfiguration } from '../../gateway/model.ts';
import { routeKeyProblem } from '../../gateway/route/route-key.ts';
import type { ApiParts, DeployedResource, ResourceContext } from '../deployment.ts';
import { gatewayId } from '../physical-names.ts';
import { booleanProperty, harmless, numberProperty, parseProperties } from './parse-properties.ts';

const names = z.array(z.string()).default([]);

const apiProperties = z.strictObject({
  Name: z
    .string('an API without a name comes from an OpenAPI body, which is not supported')
    .max(128, 'API Gateway takes at most 128 characters'),
  ProtocolType: z.literal('HTTP', 'only HTTP APIs are supported'),
  CorsConfiguration: z
    .strictObject({
      AllowCredentials: booleanProperty.default(false),
      AllowHeaders: names,
      AllowMethods: names,
      AllowOrigins: names,
      ExposeHeaders: names,
      MaxAge: numberProperty
        .refine((seconds) => seconds >= -1 && seconds <= 86_400, 'API Gateway takes at most 86400 seconds')
        .optional(),
    })
    .optional(),
  DisableExecuteApiEndpoint: booleanProperty.default(false),
  RouteSelectionExpression: z
    .enum(['$request.method $request.path', '${request.method} ${request.path}'])
    .optional(),
  Description: z.string().max(1024, 'API Gateway takes at most 1024 characters').optional(),
  FailOnWarnings: harmless,
  IpAddressType: harmless,
  Tags: harmless,
  Version: harmless,
});

/** `AWS::ApiGatewayV2::Api`, HTTP only. */
export function deployApi(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, apiProperties);
  const apiId = gatewayId(context.stack, context.logicalId);
  const cors = properties.CorsConfiguration;
  const configuration: CorsConfiguration | undefined = cors && {
    allowCredentials: cors.AllowCredentials,
    allowHeaders: cors.AllowHeaders,
    allowMethods: cors.AllowMethods,
    allowOrigins: cors.AllowOrigins,
    exposeHeaders: cors.ExposeHeaders,
    ...(cors.MaxAge === undefined ? {} : { maxAgeSeconds: cors.MaxAge }),
  };
  context.collected.apis.set(apiId, {
    place: { stack: context.stack, logicalId: context.logicalId, resourceType: context.resourceType },
    apiId,
    name: properties.Name,
    executeApiEndpointDisabled: properties.DisableExecuteApiEndpoint,
    ...(configuration === undefined ? {} : { cors: configuration }),
    integrations: new Map(),
    authorizers: new Map(),
    routes: [],
    stages: [],
  });
  return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: context.apiEndpoint(apiId) } };
}

const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z
    .enum(['NONE', 'JWT', 'CUSTOM'], 'only NONE, JWT and CUSTOM authorization can be run')
    .default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: names,
  ApiKeyRequired: z.literal(false).optional(),
  OperationName: harmless,
});

/** `AWS::ApiGatewayV2::Route` */
export function deployRoute(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, routeProperties);
  const integrationId = /^integrations\/(.+)$/.exec(properties.Target)?.[1];
  if (integrationId === undefined) throw context.cannotRun('is not integrations/{id}', 'Properties.Target');
  const problem = routeKeyProblem(properties.RouteKey);
  if (problem !== undefined) {
    throw context.cannotRun(`the route key "${properties.RouteKey}" ${problem}`, 'Properties.RouteKey');
  }
  const routeId = gatewayId(context.stack, context.logicalId);
  apiPartsOf(context, properties.ApiId).routes.push({
    place: { stack: context.stack, logicalId: context.logicalId, resourceType: context.resourceType },
    routeId,
    routeKey: properties.RouteKey,
    authorizationType: properties.AuthorizationType,
    scopes: properties.AuthorizationScopes,
    integrationId,
    ...(properties.AuthorizerId === undefined ? {} : { authorizerId: properties.AuthorizerId }),
  });
  return { ref: routeId, attributes: { RouteId: routeId } };
}

/** The account's default: the burst of a stage that sets only its rate. */
const ACCOUNT_BURST = 5_000;

const routeSettingsProperty = z
  .strictObject({
    ThrottlingRateLimit: z
      .union([
        z.number(),
        z
          .string()
          .regex(/^\d+(?:\.\d+)?$/)
          .transform(Number),
      ])
      .optional(),
    ThrottlingBurstLimit: numberProperty.optional(),
    DetailedMetricsEnabled: harmless,
    // Of WebSocket APIs.
    DataTraceEnabled: harmless,
    LoggingLevel: harmless,
  })
  .transform(({ ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }) =>
    rateLimit === undefined && burstLimit === undefined
      ? undefined
      : { rateLimit: rateLimit ?? Infinity, burstLimit: burstLimit ?? ACCOUNT_BURST },
  );

const stageProperties = z.strictObject({
  ApiId: z.string(),
  StageName: z.string(),
  AutoDeploy: booleanProperty.default(false),
  DeploymentId: z.string().optional(),
  StageVariables: z
    .record(
      z.string().regex(/^\w+$/, 'the name of a stage variable has letters, digits and _ only'),
      z
        .string()
        .regex(
          /^[\w\-.~:/?#&=,]{0,512}$/,
          'API Gateway takes at most 512 characters of letters, digits and - . _ ~ : / ? # & = ,',
        ),
    )
    .default({}),
  AccessLogSettings: z.strictObject({ DestinationArn: z.string(), Format: z.string() }).optional(),
  AccessPolicyId: z.undefined('access policies are not supported').optional(),
  DefaultRouteSettings: routeSettingsProperty.optional(),
  RouteSettings: z.record(z.string(), routeSettingsProperty).default({}),
  Description: harmless,
  Tags: harmless,
});

/** `AWS::ApiGatewayV2::Stage`. A deployment is the API as the template has it: there is no earlier snapshot. */
export function deployStage(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, stageProperties);
  if (!properties.AutoDeploy && properties.DeploymentId === undefined) {
    throw context.cannotRun(
      'the stage has neither AutoDeploy nor a deployment, so it would serve nothing',
      'Properties.AutoDeploy',
    );
  }
  const log = properties.AccessLogSettings;
  const problem = log === undefined ? undefined : accessLogFormatProblem(log.Format);
  if (problem !== undefined) {
    throw context.cannotRun(
      `API Gateway refuses this format: it ${problem}`,
      'Properties.AccessLogSettings.Format',
    );
  }
  const throttling = properties.DefaultRouteSettings;
  const parts = apiPartsOf(context, properties.ApiId);
  const routeThrottling = new Map(
    Object.entries(properties.RouteSettings).flatMap(([routeKey, settings]) => {
      if (!parts.routes.some((route) => route.routeKey === routeKey)) {
        throw context.cannotRun(
          `there is no route ${routeKey} when the stage is made`,
          'Properties.RouteSettings',
        );
      }
      return settings === undefined ? [] : [[routeKey, settings] as const];
    }),
  );
  parts.stages.push({
    name: properties.StageName,
    variables: properties.StageVariables,
    ...(log === undefined ? {} : { accessLog: { destinationArn: log.DestinationArn, format: log.Format } }),
    ...(throttling === undefined ? {} : { throttling }),
    ...(routeThrottling.size === 0 ? {} : { routeThrottling }),
  });
  return { ref: properties.StageName, attributes: {} };
}

const deploymentProperties = z.strictObject({
  ApiId: z.string(),
  Description: harmless,
  StageName: harmless,
});

/** `AWS::ApiGatewayV2::Deployment` */
export function deployDeployment(context: ResourceContext): DeployedResource {
  apiPartsOf(context, parseProperties(context, deploymentProperties).ApiId);
  const id = gatewayId(context.stack, context.logicalId);
  return { ref: id, attributes: { DeploymentId: id } };
}

/** The API that a part of it names; parts can stand in another stack than their API. */
export function apiPartsOf(context: ResourceContext, apiId: string): ApiParts {
  const parts = context.collected.apis.get(apiId);
  if (parts !== undefined) return parts;
  throw context.cannotRun(`the assembly has no API ${apiId}`, 'Properties.ApiId');
}
