import { Annotations } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnApiMapping,
  CfnIntegration,
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpStage,
  type CfnAuthorizer,
  type IHttpApi,
  type IHttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { protectedAccessLogFormat } from '../../lambdas/contract/access-line.ts';
import type { KeyType } from '../../lambdas/core/decision/credential.ts';
import { STAGE_NAMES, type StageName } from '../../lambdas/core/decision/environment.ts';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { allowedMethods, corsWarnings } from '../internal/checks/check-cors.ts';
import { checkProps } from '../internal/checks/check-props.ts';
import { keepWithinStack } from '../internal/checks/count-resources.ts';
import { cutText } from '../internal/checks/cut-text.ts';
import { claimApi } from '../internal/checks/one-of-each.ts';
import { keepOnlyGuarded } from '../internal/checks/only-guarded.ts';
import { requestParameters } from '../internal/gateway/key-handover.ts';
import { DEFAULT_FRESHNESS, keyedStageVariables } from '../internal/gateway/keyed-stage-variables.ts';
import { registerApi } from '../internal/gateway/register-api.ts';
import { requestAuthorizer } from '../internal/gateway/request-authorizer.ts';
import { usageLog } from '../internal/gateway/usage-log.ts';
import { closedWayWarnings } from '../open-api/check-operations.ts';
import { documentTags } from '../open-api/document-tags.ts';
import { registeredDefinition } from '../open-api/registered-definition.ts';
import { passesPathOn, routeKeyOf } from '../open-api/route-key.ts';
import { bindBackends, type BoundBackends, type ByEnvironment } from './backend.ts';
import { keyLocationOf, type KeyLocation } from './key-location.ts';
import { checkProtectedHttpApi } from './protected-http-api-check.ts';
import { ProtectedHttpApiProps, type CorsSettings } from './protected-http-api-props.ts';
import { stageThrottling } from './throttling.ts';
import { withoutProof } from './trusted-proxies.ts';

const ENVIRONMENTS = [
  { id: 'Production', name: STAGE_NAMES.PRODUCTION, keyType: 'PRODUCTION' },
  { id: 'Sandbox', name: STAGE_NAMES.SANDBOX, keyType: 'SANDBOX' },
] as const satisfies readonly { id: string; name: StageName; keyType: KeyType }[];

type Environment = (typeof ENVIRONMENTS)[number];

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html */
const MOST_NAME_CHARACTERS = 128;
const MOST_DESCRIPTION_CHARACTERS = 1024;

/**
 * An HTTP API whose every operation wants an API key: routes from an OpenAPI document, the stages `production`
 * and `sandbox`, the shared authorizer on each route, the key taken out before the backend. Registers itself, so
 * that developers find it in the portal.
 * @throws Error at synthesis for what could not be served or guarded; the message says why.
 */
export class ProtectedHttpApi extends Construct {
  /** Keybound's id of the API. */
  readonly apiId: string;
  /** By environment: where consumers reach it, without a slash at the end. */
  readonly urls: ByEnvironment<string>;
  /** The gateway of the API, for alarms, dashboards and permissions. Its routes come from the document alone. */
  readonly api: IHttpApi;
  /** The stages of the API, by environment. */
  readonly stages: ByEnvironment<IHttpStage>;

  constructor(scope: Construct, id: string, props: ProtectedHttpApiProps) {
    checkProps(scope, id, ProtectedHttpApiProps, props);
    super(scope, id);
    const { definition, context } = props;
    const location = keyLocationOf(props.key, definition);
    checkProtectedHttpApi(this, props, location);
    this.apiId = apiIdOf(definition.title, definition.version);
    const name = `${definition.title} ${definition.version}`;
    claimApi(this, { core: props.core, apiId: this.apiId, name, context });

    const api = new CfnApi(this, 'Api', {
      // What does not fit here is whole where developers find it, in the registration.
      name: cutText(name, MOST_NAME_CHARACTERS),
      protocolType: 'HTTP',
      description: cutText(definition.description, MOST_DESCRIPTION_CHARACTERS),
      disableExecuteApiEndpoint: props.disableExecuteApiEndpoint ?? props.domains !== undefined,
      ...(props.cors !== undefined && { corsConfiguration: corsConfiguration(props.cors, props, location) }),
    });
    const backends = bindBackends(this, props.backend, api.ref);
    const authorizer = requestAuthorizer(this, {
      gatewayApiId: api.ref,
      core: props.core,
      freshness: props.freshness ?? DEFAULT_FRESHNESS,
      location,
      looksAtPaths: () =>
        backends.kind === 'url' && definition.operations.some(({ path }) => passesPathOn(path)),
    });
    const routes = this.addRoutes(api, props, location, backends, authorizer);
    this.warn(props);
    const logGroup = usageLog(this, props);
    const [production, sandbox] = ENVIRONMENTS.map((environment) => {
      const stage = new CfnStage(this, environment.id, {
        apiId: api.ref,
        stageName: environment.name,
        autoDeploy: true,
        stageVariables: this.stageVariables(environment, props, location, backends),
        ...stageThrottling(environment.name, props.throttling),
        accessLogSettings: {
          destinationArn: logGroup.logGroupArn,
          format: protectedAccessLogFormat(this.apiId),
        },
      });
      // API Gateway refuses settings of a route that is not there yet.
      if (stage.routeSettings !== undefined) stage.node.addDependency(...routes);
      return { stage, url: this.urlOf(environment, api, stage, props) };
    });
    if (production === undefined || sandbox === undefined) throw new Error('an environment is missing');
    this.urls = { production: production.url, sandbox: sandbox.url };
    if (props.refusals !== undefined) keepOnlyGuarded(this, api);
    this.api = HttpApi.fromHttpApiAttributes(this, 'HttpApi', {
      httpApiId: api.ref,
      apiEndpoint: api.attrApiEndpoint,
    });
    const stageOf = (environment: StageName) =>
      HttpStage.fromHttpStageAttributes(this, `HttpStage-${environment}`, {
        api: this.api,
        stageName: environment,
      });
    this.stages = { production: stageOf('production'), sandbox: stageOf('sandbox') };

    const document = registeredDefinition(this, definition, {
      apiId: this.apiId,
      serviceToken: props.core.registrarArn,
    });
    const registration = registerApi(this, props, {
      title: definition.title,
      version: definition.version,
      description: definition.description,
      tags: documentTags(definition.json),
      location,
      gatewayApiId: api.ref,
      logGroup,
      urls: this.urls,
      document,
    });
    // Last: what was decided while the gateway took on another mode is forgotten when that is registered.
    registration.node.addDependency(authorizer, production.stage, sandbox.stage);
  }

  /** Where consumers reach the production environment, without a slash at the end. */
  get url(): string {
    return this.urls.production;
  }

  /**
   * Calls of both environments, refused ones included.
   * @default - the sum over five minutes
   */
  metricCount(options?: MetricOptions): Metric {
    return this.api.metricCount(options);
  }

  /**
   * Calls of both environments that were answered 4xx: refused calls, and errors that the backend finds in them.
   * @default - the sum over five minutes
   */
  metricClientError(options?: MetricOptions): Metric {
    return this.api.metricClientError(options);
  }

  /**
   * Calls of both environments that were answered 5xx.
   * @default - the sum over five minutes
   */
  metricServerError(options?: MetricOptions): Metric {
    return this.api.metricServerError(options);
  }

  /**
   * From a call to its answer, in milliseconds: the decision and the backend.
   * @default - the average over five minutes
   */
  metricLatency(options?: MetricOptions): Metric {
    return this.api.metricLatency(options);
  }

  /**
   * How long backends take, in milliseconds.
   * @default - the average over five minutes
   */
  metricIntegrationLatency(options?: MetricOptions): Metric {
    return this.api.metricIntegrationLatency(options);
  }

  private addRoutes(
    api: CfnApi,
    props: ProtectedHttpApiProps,
    location: KeyLocation,
    backends: BoundBackends,
    authorizer: CfnAuthorizer,
  ): readonly CfnRoute[] {
    const integrations = new Map<string, CfnIntegration>();
    const timeoutInMillis = props.integrationTimeout?.toMilliseconds();
    const routes = props.definition.operations.map(({ method, path }) => {
      const settings = backends.integration(path);
      const integration =
        integrations.get(settings.integrationUri) ??
        new CfnIntegration(this, `Integration${integrations.size || ''}`, {
          apiId: api.ref,
          ...settings,
          requestParameters: { ...requestParameters(location), ...withoutProof(props.trustedProxies) },
          ...(timeoutInMillis !== undefined && { timeoutInMillis }),
        });
      integrations.set(settings.integrationUri, integration);
      return new CfnRoute(this, routeId(method, path), {
        apiId: api.ref,
        routeKey: routeKeyOf({ method, path }),
        target: `integrations/${integration.ref}`,
        authorizationType: 'CUSTOM',
        authorizerId: authorizer.ref,
      });
    });
    keepWithinStack(this, { routes: routes.length, integrations: integrations.size });
    return routes;
  }

  private warn({ definition, cors }: ProtectedHttpApiProps): void {
    for (const [index, warning] of [
      ...closedWayWarnings(definition),
      ...corsWarnings(cors, definition),
    ].entries()) {
      Annotations.of(this).addWarningV2(`keybound:document-${index + 1}`, warning);
    }
  }

  private stageVariables(
    { name, keyType }: Environment,
    props: ProtectedHttpApiProps,
    location: KeyLocation,
    backends: BoundBackends,
  ): Record<string, string> {
    return keyedStageVariables(props, {
      apiId: this.apiId,
      environment: keyType,
      location,
      style: props.refusals ?? 'plain',
      backendKind: backends.kind,
      backend: backends.stageVariable[name],
    });
  }

  private urlOf(
    { id, name }: Environment,
    api: CfnApi,
    stage: CfnStage,
    props: ProtectedHttpApiProps,
  ): string {
    const place = props.domains?.[name];
    if (place === undefined) return `${api.attrApiEndpoint}/${name}`;
    const mapping = new CfnApiMapping(this, `${id}Mapping`, {
      apiId: api.ref,
      domainName: place.domain.name,
      stage: stage.ref,
      apiMappingKey: props.context.slice(1),
    });
    mapping.node.addDependency(stage);
    return `${place.url ?? `https://${place.domain.name}`}${props.context}`;
  }
}

/** The id of a route within its API: CDK puts `--` in the place of a slash, which a path may have, too. */
function routeId(method: string, path: string): string {
  return `${method} ${path.replaceAll('--', '-%2D')}`;
}

/** Headers of the guard's answers that pages can read; API Gateway can turn `WWW-Authenticate` into the last. */
const GUARD_HEADERS = [
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-amzn-remapped-www-authenticate',
] as const;

function corsConfiguration(
  cors: CorsSettings,
  { refusals, definition }: ProtectedHttpApiProps,
  { header }: KeyLocation,
): CfnApi.CorsProperty {
  const exposed = new Set((cors.exposeHeaders ?? []).map((name) => name.toLowerCase()));
  return {
    allowOrigins: [...cors.allowOrigins],
    allowMethods: [...allowedMethods(cors, definition)],
    allowHeaders: [...new Set([...(header === undefined ? [] : [header]), ...(cors.allowHeaders ?? [])])],
    exposeHeaders: [
      ...(cors.exposeHeaders ?? []),
      ...(refusals === undefined ? [] : GUARD_HEADERS.filter((name) => !exposed.has(name))),
    ],
    allowCredentials: cors.allowCredentials ?? false,
    ...(cors.maxAgeSeconds !== undefined && { maxAge: cors.maxAgeSeconds }),
  };
}
