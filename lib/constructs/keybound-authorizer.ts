import type {
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpApi,
  IHttpRouteAuthorizer,
  IHttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { apiToProtect } from '../internal/existing-api/api-to-protect.ts';
import { KeyedRoutes } from '../internal/existing-api/keyed-routes.ts';
import { checkProps } from '../internal/checks/check-props.ts';
import type { ByEnvironment } from './backend.ts';
import { KeyboundAuthorizerProps } from './keybound-authorizer-props.ts';

/**
 * Keys in front of an `HttpApi` that you have: as its `defaultAuthorizer`, or on single routes. Routes with it want a key;
 * routes with another authorizer, or with none, stay as they are.
 *
 * It registers the API, so that developers find it, gives its stages their variables, throttling and access log, and takes
 * the key out of what reaches the backends. Routes, stages and integrations that are added later are covered, too.
 * @example
 * new HttpApi(this, 'Api', {
 *   defaultAuthorizer: new KeyboundAuthorizer('Keys', {
 *     core: findCore(this, 'prod'),
 *     definition: { title: 'Orders', version: '1.0.0' },
 *     context: '/orders/1.0.0',
 *     subscription: 'optional',
 *   }),
 * });
 */
export class KeyboundAuthorizer implements IHttpRouteAuthorizer {
  /** How API Gateway authorizes the routes. */
  readonly authorizationType = 'CUSTOM';
  /** Keybound's id of the API. */
  readonly apiId: string;

  private readonly id: string;
  private readonly props: KeyboundAuthorizerProps;
  private attached: { readonly api: IHttpApi; readonly routes: KeyedRoutes } | undefined;

  /**
   * @param id the id of the constructs that it adds to the API
   * @throws Error that names each property that is missing or wrong.
   */
  constructor(id: string, props: KeyboundAuthorizerProps) {
    checkProps(undefined, id, KeyboundAuthorizerProps, props);
    this.id = id;
    this.props = props;
    this.apiId = apiIdOf(props.definition.title, props.definition.version);
  }

  /** API Gateway's id of the authorizer. @throws Error before a route of an API has it. */
  get authorizerId(): string {
    return this.routes().authorizer.ref;
  }

  /** Where consumers reach the API, by environment. @throws Error before a route of an API has it. */
  get urls(): ByEnvironment<string> {
    return this.routes().urls;
  }

  /** The stage that it has added; `undefined` with `createSandboxStage: false`. @throws Error before a route has it. */
  get sandboxStage(): IHttpStage | undefined {
    return this.routes().sandboxStage;
  }

  /**
   * Called by CDK for each route.
   * @throws Error for an API that cannot be protected, or for a second API.
   */
  bind({ route }: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const api = apiToProtect(route, this.id);
    if (this.attached !== undefined && this.attached.api !== api.construct) {
      throw new Error(
        `${route.node.path}: the authorizer ${this.id} protects ${this.attached.api.node.path} already, under its title and version: make another for ${api.construct.node.path}`,
      );
    }
    this.attached ??= {
      api: api.construct,
      routes: new KeyedRoutes(api, this.id, this.apiId, this.props),
    };
    return { authorizerId: this.authorizerId, authorizationType: this.authorizationType };
  }

  private routes(): KeyedRoutes {
    if (this.attached !== undefined) return this.attached.routes;
    throw new Error(
      `the authorizer ${this.id} is on no route yet: make it the defaultAuthorizer of an HttpApi`,
    );
  }
}
