import type { DomainMapping, HttpApi } from '../gateway/model.ts';
import type { EventSourceDefinition } from '../functions/event-source-definition.ts';
import type { ScheduleDefinition } from '../functions/schedule-definition.ts';
import type { SubscriptionDefinition } from '../functions/subscription-definition.ts';
import { createStackRegistry, type StackRegistry } from '../cloudformation/stack-registry.ts';
import { createRoleRegistry, type RoleRegistry } from '../iam/role-registry.ts';
import { assembleApis } from './assemble-apis.ts';
import { CannotRunError, describePlace, type TemplatePlace } from './cannot-run-error.ts';
import type { Collected, LocalIdentity, Provisioner, ResourceContext } from './deployment.ts';
import { isJsonObject } from './json.ts';
import { orderByDependency } from './order-by-dependency.ts';
import type { AssemblyStack } from './read-assembly.ts';
import { referencedNames } from './references.ts';
import { resolveValue } from './resolve-value.ts';
import { isInert, resourceKindOf } from './resources/resource-kinds.ts';
import type { Scope } from './scope.ts';
import {
  createStackScope,
  resolveOutputs,
  stackIdOf,
  type DeployedResource,
  type SharedNames,
} from './stack-scope.ts';
import type { TemplateResource } from './template.ts';

/** The parts of a deployed assembly that serve and listen. Tables and functions went to the provisioner. */
export interface DeployedAssembly {
  readonly apis: readonly HttpApi[];
  readonly mappings: readonly DomainMapping[];
  readonly eventSources: readonly EventSourceDefinition[];
  readonly subscriptions: readonly SubscriptionDefinition[];
  /** Names of the event buses. */
  readonly eventBuses: readonly string[];
  readonly schedules: readonly ScheduleDefinition[];
  /** Stack name → output key → value. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface DeployOptions {
  readonly provisioner: Provisioner;
  readonly apiEndpoint: (apiId: string) => string;
  /** Learns of stacks and resources while they are deployed. */
  readonly stacks?: StackRegistry;
  /** Learns of roles and what they allow. */
  readonly roles?: RoleRegistry;
  readonly identity: LocalIdentity;
}

/**
 * Deploys stacks in the given order, each stack's resources after what they refer to.
 * @throws CannotRunError for the first thing that cannot be run. Every resource type is checked before
 *   anything is created.
 */
export async function deployAssembly(
  stacks: readonly AssemblyStack[],
  {
    provisioner,
    apiEndpoint,
    identity,
    stacks: registry = createStackRegistry(),
    roles = createRoleRegistry(),
  }: DeployOptions,
): Promise<DeployedAssembly> {
  refuseUnknownTypes(stacks);
  const collected: Collected = {
    apis: new Map(),
    domainNames: new Set(),
    mappings: [],
    eventSources: [],
    subscriptions: [],
    eventBuses: [],
    schedules: [],
  };
  const shared: SharedNames = { exports: new Map(), ssmParameters: new Map() };
  const outputs = new Map<string, ReadonlyMap<string, string>>();
  for (const stack of stacks) {
    const resources = new Map<string, DeployedResource>();
    const scope = createStackScope(stack, resources, shared);
    const stackId = stackIdOf(stack.name);
    registry.setStack({ stackId, stackName: stack.name, status: 'CREATE_IN_PROGRESS' });
    for (const logicalId of deploymentOrder(stack, scope)) {
      const resource = stack.template.Resources[logicalId];
      if (resource === undefined) continue;
      const place = { stack: stack.name, logicalId, resourceType: resource.Type };
      const kind = resourceKindOf(resource.Type);
      if (kind === undefined) throw unknownType(place);
      const context: ResourceContext = {
        ...place,
        stackId,
        properties: resolveProperties(resource, scope, place),
        assets: stack.assets,
        collected,
        shared,
        roles,
        provisioner,
        apiEndpoint,
        identity,
        cannotRun: (reason, path = '') => new CannotRunError({ ...place, path }, reason),
      };
      const deployed = await kind(context);
      resources.set(logicalId, deployed);
      registry.setResource(stackId, {
        logicalId,
        type: resource.Type,
        status: 'CREATE_COMPLETE',
        physicalId: deployed.ref,
        tags: tagsOf(context.properties['Tags']),
      });
    }
    registry.setStack({ stackId, stackName: stack.name, status: 'CREATE_COMPLETE' });
    outputs.set(stack.name, resolveOutputs(stack, scope, shared));
  }
  return {
    apis: assembleApis(collected.apis),
    mappings: collected.mappings,
    eventSources: collected.eventSources,
    subscriptions: collected.subscriptions,
    eventBuses: collected.eventBuses,
    schedules: collected.schedules,
    outputs,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/**
 * @throws CannotRunError for stacks with something that nothing here runs; it names every resource whose type is not
 *   supported.
 */
export function refuseUnknownTypes(stacks: readonly AssemblyStack[]): void {
  for (const stack of stacks) refuseLargeOrRuled(stack);
  const [first, ...others] = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => resourceKindOf(Type) === undefined)
      .map(([logicalId, { Type }]): TemplatePlace => ({ stack: name, logicalId, resourceType: Type })),
  );
  if (first !== undefined) throw unknownType(first, others);
}

function refuseLargeOrRuled({ name, template }: AssemblyStack): void {
  const count = Object.keys(template.Resources).length;
  if (count > MOST_RESOURCES) {
    throw new CannotRunError({ stack: name }, `it has ${count} resources, of at most ${MOST_RESOURCES}`);
  }
  for (const rule of Object.keys(template.Rules))
  // CDK's own rule asks for a bootstrapped account, which nothing local needs.
  {
    if (rule !== 'CheckBootstrapVersion') {
      throw new CannotRunError({ stack: name, path: `Rules.${rule}` }, 'template rules are not supported');
    }
  }
}

function unknownType(place: TemplatePlace, others: readonly TemplatePlace[] = []): CannotRunError {
  const list = others.map(describePlace).join(', ');
  return new CannotRunError(
    place,
    `this resource type is not supported${list === '' ? '' : `; nor ${others.length === 1 ? 'is' : 'are'} ${list}`}`,
  );
}

/** The stack's resources whose condition holds, each after those that it refers to or depends on. */
function deploymentOrder({ name, template }: AssemblyStack, scope: Scope): string[] {
  const ids = Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([id]) => id);
  const known = new Set(ids);
  return orderByDependency(
    ids,
    (id) => {
      const resource = template.Resources[id];
      if (resource === undefined) return [];
      const place = { stack: name, logicalId: id, resourceType: resource.Type, path: 'Properties' };
      const names = [...resource.DependsOn, ...referencedNames(resource.Properties, place)];
      return names.filter((dependency) => known.has(dependency));
    },
    (cycle) =>
      new CannotRunError({ stack: name }, `these resources depend on each other: ${cycle.join(' → ')}`),
  );
}

/** The tags of a resource whose type takes them as a map; CloudFormation adds its own. */
function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return {};
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]));
}

function resolveProperties(resource: TemplateResource, scope: Scope, place: TemplatePlace) {
  if (isInert(resource.Type)) return {};
  const resolved = resolveValue(resource.Properties, scope, { ...place, path: 'Properties' });
  return isJsonObject(resolved) ? resolved : {};
}
