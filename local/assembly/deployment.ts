import type { FunctionDefinition } from '../functions/function-definition.ts';
import type { EventSourceDefinition } from '../functions/event-source-definition.ts';
import type { ScheduleDefinition } from '../functions/schedule-definition.ts';
import type { SubscriptionDefinition } from '../functions/subscription-definition.ts';
import type { TableDefinition } from '../dynamodb/table-definition.ts';
import type {
  CorsConfiguration,
  DomainMapping,
  JwtAuthorizer,
  RequestAuthorizer,
  Stage,
} from '../gateway/model.ts';
import type { Integration } from '../gateway/model.ts';
import type { RoleRegistry } from '../iam/role-registry.ts';
import type { CannotRunError, TemplatePlace } from './cannot-run-error.ts';
import type { Json, JsonObject } from './json.ts';
import type { DeployedResource, SharedNames } from './stack-scope.ts';

/** A custom resource that is to be as its template says. */
export interface CustomResourceRequest {
  readonly stack: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly resourceType: string;
  /** ARN of the function that provides the resource. */
  readonly serviceToken: string;
  /** As in the template, intrinsics resolved, `ServiceToken` included. */
  readonly properties: JsonObject;
}

/** The effects of deploying on the world; the rest of a deployment is data. */
export interface Provisioner {
  /** Creates the table, or brings an existing one to this definition. */
  table(definition: TableDefinition): Promise<void>;
  /** Makes the function invocable. */
  function(definition: FunctionDefinition): void;
  /** Creates or updates the resource, or does nothing when its properties are the same as before. */
  customResource(request: CustomResourceRequest): Promise<DeployedResource>;
}

/** An HTTP API while its parts are still being collected. */
export interface ApiParts {
  readonly place: TemplatePlace;
  readonly apiId: string;
  readonly name: string;
  readonly executeApiEndpointDisabled: boolean;
  readonly cors?: CorsConfiguration;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, AuthorizerParts>;
  readonly routes: RouteParts[];
  readonly stages: Stage[];
}

export type AuthorizerParts =
  | { readonly type: 'JWT'; readonly authorizer: JwtAuthorizer }
  | { readonly type: 'CUSTOM'; readonly authorizer: RequestAuthorizer };

export interface RouteParts {
  readonly place: TemplatePlace;
  readonly routeId: string;
  readonly routeKey: string;
  readonly authorizationType: 'NONE' | 'JWT' | 'CUSTOM';
  readonly authorizerId?: string;
  readonly scopes: readonly string[];
  readonly integrationId: string;
}

/** The state that a deployment has collected so far. */
export interface Collected {
  readonly apis: Map<string, ApiParts>;
  readonly domainNames: Set<string>;
  readonly mappings: DomainMapping[];
  readonly eventSources: EventSourceDefinition[];
  readonly subscriptions: SubscriptionDefinition[];
  /** Names. */
  readonly eventBuses: string[];
  readonly schedules: ScheduleDefinition[];
}

/** The runner's own issuer, which stands in for user pools. */
export interface LocalIdentity {
  readonly issuer: string;
  readonly clientId: string;
}

/** The input of a resource kind for one resource. */
export interface ResourceContext {
  readonly stack: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly resourceType: string;
  /** Resolved properties. */
  readonly properties: JsonObject;
  readonly assets: ReadonlyMap<string, string>;
  readonly collected: Collected;
  readonly shared: SharedNames;
  readonly roles: RoleRegistry;
  readonly provisioner: Provisioner;
  readonly identity: LocalIdentity;
  /** The address under which clients reach an API without a domain of its own. */
  readonly apiEndpoint: (apiId: string) => string;
  readonly cannotRun: (reason: string, path?: string) => CannotRunError;
}

/** How one resource type is run. */
export type ResourceKind = (context: ResourceContext) => DeployedResource | Promise<DeployedResource>;

export type { DeployedResource, Json };
