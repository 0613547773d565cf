import { Annotations, CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnApiMapping,
  CfnAuthorizer,
  CfnIntegration,
  CfnRoute,
  CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnSubscriptionFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LINES, protectedAccessLogFormat } from '../../lambdas/contract/access-line.ts';
import { RESOURCE_TYPES, writeRegistration } from '../../lambdas/contract/registration.ts';
import { writeStageVariables } from '../../lambdas/contract/stage-variables.ts';
import type { KeyType } from '../../lambdas/core/decision/credential.ts';
import { STAGE_NAMES, type StageName } from '../../lambdas/core/decision/environment.ts';
import { formatFreshness, type Freshness } from '../../lambdas/core/decision/freshness.ts';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { accessLogGroup, nameAndLogicalId } from '../internal/gateway/access-log-group.ts';
import { bindBackends, type BoundBackends } from './backend.ts';
import { allowedMethods, corsWarnings } from '../internal/checks/check-cors.ts';
import { checkProps } from '../internal/checks/check-props.ts';
import { keepWithinStack } from '../internal/checks/count-resources.ts';
import { cutText } from '../internal/checks/cut-text.ts';
import { requestParameters } from '../internal/gateway/key-handover.ts';
import { keyPlaceOf, type KeyPlace } from './key-place.ts';
import { keepOnlyGuarded } from '../internal/checks/only-guarded.ts';
import { documentTags } from '../open-api/document-tags.ts';
import { closedWayWarnings } from '../open-api/check-operations.ts';
import { passesPathOn, routeKeyOf } from '../open-api/route-key.ts';
import { refuseSecond, type ClaimedApi } from '../internal/checks/one-of-each.ts';
import { REGISTRAR_SERVICE_TIMEOUT } from '../internal/core/registrar.ts';
import { checkProtectedHttpApi } from './protected-http-api-check.ts';
import { ProtectedHttpApiProps, type CorsSettings } from './protected-http-api-props.ts';
import { stageThrottling } from './throttling.ts';
import { withoutProof, writeProxies } from './trusted-proxies.ts';
import { registeredDefinition } from '../open-api/registered-definition.ts';

const ENVIRONMENTS = [
  { id: 'Production', name: STAGE_NAMES.PRODUCTION, keyType: 'PRODUCTION' },
  { id: 'Sandbox', name: STAGE_NAMES.SANDBOX, keyType: 'SANDBOX' },
] as const satisfies readonly { id: string; name: StageName; keyType: KeyType }[];

type Environment = (typeof ENVIRONMENTS)[number];

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html */
const MOST_NAME_CHARACTERS = 128;
const MOST_DESCRIPTION_CHARACTERS = 1024;

const DEFAULT_FRESHNESS: Freshness = { mode: 'strict' };

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
  readonly urls: Readonly<Record<'production' | 'sandbox', string>>;
  private readonly claimed: ClaimedApi;

  constructor(scope: Construct, id: string, props: ProtectedHttpApiProps) {
    checkProps(scope, id, ProtectedHttpApiProps, props);
    super(scope, id);
    const { definition, context } = props;
    const place = keyPlaceOf(props.key, definition);
    checkProtectedHttpApi(this, props, place);
    this.apiId = apiIdOf(definition.title, definition.version);
    const name = `${definition.title} ${definition.version}`;
    this.claimed = { core: props.core, apiId: this.apiId, name, context };
    refuseSecond(this, this.claimed, this.others());

    const api = new CfnApi(this, 'Api', {
      // What does not fit here is whole where developers find it, in the registration.
      name: cutText(name, MOST_NAME_CHARACTERS),
      protocolType: 'HTTP',
      description: cutText(definition.description, MOST_DESCRIPTION_CHARACTERS),
      disableExecuteApiEndpoint: props.disableExecuteApiEndpoint ?? props.domains !== undefined,
      ...(props.cors !== undefined && { corsConfiguration: corsConfiguration(props.cors, props, place) }),
    });
    const backends = bindBackends(this, props.backend, api.ref);
    const authorizer = this.authorizer(api, props, place, backends);
    const routes = this.addRoutes(api, props, place, backends, authorizer);
    this.warn(props);
    const logGroup = accessLogGroup(this, {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnSubscriptionFilter(this, 'Usage', {
      logGroupName: logGroup.logGroupName,
      destinationArn: props.core.usageArn,
      filterPattern: ACCESS_LINES,
    });
    const [production, sandbox] = ENVIRONMENTS.map((environment) => {
      const stage = new CfnStage(this, environment.id, {
        apiId: api.ref,
        stageName: environment.name,
        autoDeploy: true,
        stageVariables: this.stageVariables(environment, props, place, backends),
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

    const document = registeredDefinition(this, definition, {
      apiId: this.apiId,
      serviceToken: props.core.registrarArn,
    });
    const registration = new CustomResource(this, 'Registration', {
      serviceToken: props.core.registrarArn,
      resourceType: RESOURCE_TYPES.api,
      serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
      properties: writeRegistration({
        name: definition.title,
        version: definition.version,
        context,
        description: definition.description,
        provider: props.provider ?? Stack.of(this).stackName,
        requiresSubscription: props.subscription === 'required',
        policies: props.policies,
        tags: documentTags(definition.json),
        approvesSubscriptions: props.subscriptionApproval ?? false,
        acceptsImportedKeys: props.acceptImportedKeys ?? false,
        initialLifecycle: props.initialLifecycle ?? 'PUBLISHED',
        keyHeader: place.header,
        keyQueryParameter: place.queryParameter,
        gatewayApiId: api.ref,
        accessLogGroup: nameAndLogicalId(logGroup),
        freshness: formatFreshness(props.freshness ?? DEFAULT_FRESHNESS),
        productionUrl: production.url,
        sandboxUrl: sandbox.url,
        definition: document.definition,
      }),
    });
    // Last: what was decided while the gateway took on another mode is forgotten when that is registered.
    registration.node.addDependency(authorizer, production.stage, sandbox.stage, ...document.parts);
  }

  /**
   * Without a source and a cache the function runs for every request, also for one without a key, and a revoked key is
   * refused at the next. With a cache, all that a decision depends on beside the table must be a source.
   */
  private authorizer(
    api: CfnApi,
    props: ProtectedHttpApiProps,
    { header = '' }: KeyPlace,
    backends: BoundBackends,
  ): CfnAuthorizer {
    const { region, partition } = Stack.of(this);
    const { freshness = DEFAULT_FRESHNESS } = props;
    const looksAtPaths =
      backends.kind === 'url' && props.definition.operations.some(({ path }) => passesPathOn(path));
    return new CfnAuthorizer(this, 'Authorizer', {
      apiId: api.ref,
      name: 'keybound',
      authorizerType: 'REQUEST',
      authorizerUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${props.core.authorizerArn}/invocations`,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      ...(freshness.mode === 'gateway'
        ? {
            identitySource: [
              `$request.header.${header}`,
              '$context.identity.sourceIp',
              // Before a backend at a URL the authorizer looks at paths, too.
              ...(looksAtPaths ? ['$context.path'] : []),
            ],
            authorizerResultTtlInSeconds: freshness.ttlSeconds,
          }
        : { identitySource: [], authorizerResultTtlInSeconds: 0 }),
    });
  }

  private addRoutes(
    api: CfnApi,
    props: ProtectedHttpApiProps,
    place: KeyPlace,
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
          requestParameters: { ...requestParameters(place), ...withoutProof(props.trustedProxies) },
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

  /** All other APIs of the app. */
  private others(): { readonly scope: Construct; readonly claimed: ClaimedApi }[] {
    return this.node.root.node
      .findAll()
      .flatMap((found) =>
        found instanceof ProtectedHttpApi && found !== this ? { scope: found, claimed: found.claimed } : [],
      );
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
    place: KeyPlace,
    backends: BoundBackends,
  ): Record<string, string> {
    const { freshness = DEFAULT_FRESHNESS, trustedProxies } = props;
    return writeStageVariables(
      {
        apiId: this.apiId,
        environment: keyType,
        location: place,
        requiresSubscription: props.subscription === 'required',
        acceptsImported: props.acceptImportedKeys ?? false,
        freshness,
        style: props.refusals ?? 'plain',
        backendKind: backends.kind,
        ...(trustedProxies !== undefined && { trustedProxies: writeProxies(trustedProxies) }),
      },
      backends.stageVariable[name],
    );
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

/** What pages may read of the guard's answers; the last is what API Gateway may make of `WWW-Authenticate`. */
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
  { header }: KeyPlace,
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
