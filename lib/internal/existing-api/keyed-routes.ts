import { Annotations, Aspects, Lazy, Stack, type CustomResource } from 'aws-cdk-lib';
import {
  CfnIntegration,
  CfnStage,
  HttpStage,
  type CfnApi,
  type CfnAuthorizer,
  type IHttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { protectedAccessLogFormat } from '../../../lambdas/contract/access-line.ts';
import type { BackendKind } from '../../../lambdas/contract/stage-variables.ts';
import { STAGE_NAMES } from '../../../lambdas/core/decision/environment.ts';
import type { ByEnvironment } from '../../constructs/backend.ts';
import { keyLocationOf, type KeyLocation } from '../../constructs/key-location.ts';
import type { KeyboundAuthorizerProps } from '../../constructs/keybound-authorizer-props.ts';
import { documentTags } from '../../open-api/document-tags.ts';
import { registeredDefinition } from '../../open-api/registered-definition.ts';
import { partsOf, type ApiPart } from '../checks/api-parts.ts';
import { claimApi } from '../checks/one-of-each.ts';
import { DEFAULT_FRESHNESS, keyedStageVariables } from '../gateway/keyed-stage-variables.ts';
import { registerApi } from '../gateway/register-api.ts';
import { requestAuthorizer } from '../gateway/request-authorizer.ts';
import { usageLog } from '../gateway/usage-log.ts';
import type { ApiToProtect } from './api-to-protect.ts';
import { authorizerProblems } from './authorizer-problems.ts';
import { preflightWarnings } from './preflight-warnings.ts';
import { overrideProblems, rememberKeyed } from './keep-keyed.ts';
import { keyRemovals } from './key-removal.ts';
import { keyedStages, setStage, stageNamesOf, stageProblems } from './keyed-stages.ts';
import { readRoutes, routeProblems, type ReadRoute } from './read-routes.ts';
import { routesDocument } from './routes-document.ts';
import { unseenProblems } from './unseen-parts.ts';

/** All that `KeyboundAuthorizer` adds to an API. What the API is made of by then, it sets at synthesis. */
export class KeyedRoutes extends Construct {
  readonly authorizer: CfnAuthorizer;
  readonly urls: ByEnvironment<string>;
  readonly sandboxStage: IHttpStage | undefined;

  private readonly api: CfnApi;
  private readonly apiId: string;
  private readonly props: KeyboundAuthorizerProps;
  private readonly location: KeyLocation;
  private readonly logGroup: LogGroup;
  private readonly registration: CustomResource;
  /** Looks for problems of the API at synthesis. */
  private findProblems: (parts: readonly ApiPart[]) => readonly string[] = () => [
    'its stages and integrations have not been set: aspects did not run',
  ];

  constructor(
    { construct, resource }: ApiToProtect,
    id: string,
    apiId: string,
    props: KeyboundAuthorizerProps,
  ) {
    super(construct, id);
    this.api = resource;
    this.apiId = apiId;
    this.props = props;
    const { definition } = props;
    const isDocument = 'json' in definition;
    this.location = keyLocationOf(
      props.key,
      isDocument ? definition : { keyHeaders: [], keyQueryParameters: [] },
    );
    const problems = authorizerProblems(this, resource, props, this.location);
    const { title, version, description = '' } = definition;
    if (problems.length > 0) throw new Error(`${this.node.path}: ${problems.join('; ')}`);
    claimApi(this, { core: props.core, apiId, name: `${title} ${version}`, context: props.context });

    const names = stageNamesOf(props);
    this.urls = { production: this.urlOf('production', names), sandbox: this.urlOf('sandbox', names) };
    this.authorizer = requestAuthorizer(this, {
      gatewayApiId: resource.ref,
      core: props.core,
      freshness: props.freshness ?? DEFAULT_FRESHNESS,
      location: this.location,
      looksAtPaths: () => backendKindOf(this.keyedRoutes()) === 'url',
    });
    this.logGroup = usageLog(this, props);
    this.sandboxStage =
      props.createSandboxStage === false
        ? undefined
        : new HttpStage(this, 'Sandbox', { httpApi: construct, stageName: names.sandbox, autoDeploy: true });
    this.registration = registerApi(this, props, {
      title,
      version,
      description,
      tags: isDocument ? documentTags(definition.json) : undefined,
      location: this.location,
      gatewayApiId: resource.ref,
      logGroup: this.logGroup,
      urls: this.urls,
      document: isDocument
        ? registeredDefinition(this, definition, { apiId, serviceToken: props.core.registrarArn })
        : { definition: Lazy.string({ produce: () => this.document(definition) }), parts: [] },
    });
    this.registration.node.addDependency(this.authorizer);
    Aspects.of(this).add({
      visit: (node) => {
        if (node === this) this.setParts();
      },
    });
    this.node.addValidation({
      validate: () => {
        const parts = this.parts();
        return [
          ...this.findProblems(parts),
          ...unseenProblems(this.node.root, { api: this.api, authorizer: this.authorizer }, parts),
        ];
      },
    });
  }

  private parts(): readonly ApiPart[] {
    return partsOf(this.node.root, this.api);
  }

  private keyedRoutes(): readonly ReadRoute[] {
    return readRoutes(this.parts(), this.authorizer).filter(({ isKeyed }) => isKeyed);
  }

  /** Runs when the whole app is there. Takes the key out everywhere, or notes why that cannot be done. */
  private setParts(): void {
    const { props, location } = this;
    const parts = this.parts();
    const routes = readRoutes(parts, this.authorizer);
    const stages = parts.filter((part) => part instanceof CfnStage);
    const names = stageNamesOf(props);
    const removals = keyRemovals(routes, { location, trustedProxies: props.trustedProxies });
    const problems = [
      ...routeProblems(routes, names.production === '$default' ? names.sandbox : undefined),
      ...removals.flatMap((removal) => removal.problems),
      ...stageProblems(stages, props, {
        home: Stack.of(this),
        routeKeys: routes.map(({ route }) => route.routeKey),
      }),
      ...overrideProblems(parts),
    ];
    if (problems.length > 0) {
      this.findProblems = () => problems;
      return;
    }
    for (const { integration, mapping } of removals) {
      if (mapping !== undefined) integration.requestParameters = mapping;
    }
    const backendKind = backendKindOf(routes.filter(({ isKeyed }) => isKeyed));
    for (const keyed of keyedStages(stages, names)) {
      setStage(keyed, {
        variables: keyedStageVariables(props, {
          apiId: this.apiId,
          environment: keyed.keyType,
          location,
          style: 'plain',
          backendKind,
        }),
        accessLog: {
          destinationArn: this.logGroup.logGroupArn,
          // The name of the environment, whatever the stage is called.
          format: protectedAccessLogFormat(this.apiId, STAGE_NAMES[keyed.keyType]),
        },
        throttling: props.throttling,
      });
      // API Gateway refuses settings of a route that is not there yet.
      if (keyed.stage.routeSettings !== undefined) {
        keyed.stage.node.addDependency(...routes.map(({ route }) => route));
      }
      // Last: what was decided while the gateway took on another mode is forgotten when that is registered.
      this.registration.node.addDependency(keyed.stage);
    }
    for (const [index, warning] of preflightWarnings(this.api, routes, location).entries()) {
      Annotations.of(this).addWarningV2(`keybound:cors-${index + 1}`, warning);
    }
    this.findProblems = rememberKeyed(parts);
  }

  private document(name: Parameters<typeof routesDocument>[0]): string {
    return routesDocument(
      name,
      this.keyedRoutes().map(({ route }) => route),
      this.location,
    );
  }

  private urlOf(environment: 'production' | 'sandbox', names: ByEnvironment<string>): string {
    const given = this.props.urls?.[environment];
    if (given !== undefined) return given;
    const endpoint = this.api.attrApiEndpoint;
    return names[environment] === '$default' ? endpoint : `${endpoint}/${names[environment]}`;
  }
}

/** Before a URL the authorizer refuses paths that a server could take for others. */
function backendKindOf(keyed: readonly ReadRoute[]): BackendKind {
  return keyed.every(
    ({ integration }) =>
      integration instanceof CfnIntegration &&
      integration.integrationType === 'AWS_PROXY' &&
      integration.integrationSubtype === undefined,
  )
    ? 'function'
    : 'url';
}
