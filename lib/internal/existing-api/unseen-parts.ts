import { Stack, type CfnElement, CfnResource } from 'aws-cdk-lib';
import type { CfnApi, CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { overridesOf, type ApiPart } from '../checks/api-parts.ts';
import { refersTo, resolved } from '../checks/resolved.ts';
import { valueIn } from '../checks/value-in.ts';

const TYPES: readonly unknown[] = [
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
];

/**
 * Problems of what a template ties to `api`, or puts behind `authorizer`, beside its `parts`: by a logical id that is
 * written out, or by a resource that has no properties of its own here.
 */
export function unseenProblems(
  root: IConstruct,
  { api, authorizer }: { readonly api: CfnApi; readonly authorizer: CfnAuthorizer },
  parts: readonly ApiPart[],
): readonly string[] {
  const seen = new Set<IConstruct>(parts);
  return root.node
    .findAll()
    .filter((child) => CfnResource.isCfnResource(child))
    .filter((resource) => !seen.has(resource) && isOfType(resource))
    .flatMap((resource) => {
      const own = propertiesOf(resource);
      const isTied =
        own('apiId').some((value) => names(value, api, resource)) ||
        own('authorizerId').some((value) => names(value, authorizer, resource));
      return isTied
        ? [
            `${resource.node.path} adds to ${api.node.path} in a way in which the key cannot be taken out: make it with addRoutes or addStage, or as a CfnRoute, CfnIntegration or CfnStage that has the apiId of the HttpApi`,
          ]
        : [];
    });
}

function isOfType(resource: CfnResource): boolean {
  return [resource.cfnResourceType, overridesOf(resource, [])['Type']].some((type) => TYPES.includes(type));
}

/** Asks for a property as it was given, and as the template has it, overrides included. */
function propertiesOf(resource: CfnResource): (name: string) => readonly unknown[] {
  const given = valueIn(resource, 'cfnProperties');
  const render = valueIn(resource, '_toCloudFormation');
  const unresolved: unknown = typeof render === 'function' ? Reflect.apply(render, resource, []) : undefined;
  const rendered: unknown = Stack.of(resource).resolve(unresolved);
  const resources: readonly unknown[] = Object.values(valueIn(rendered, 'Resources') ?? {});
  return (name) => {
    const written = name.charAt(0).toUpperCase() + name.slice(1);
    return [
      resolved(resource, [valueIn(given, name), valueIn(given, written)]),
      valueIn(valueIn(resources[0], 'Properties'), written),
    ];
  };
}

/** Whether `value`, which `resource` has, is made of a reference to `target`, of whatever form. */
function names(value: unknown, target: CfnElement, resource: CfnResource): boolean {
  const id = Stack.of(resource) === Stack.of(target) ? resolved(target, target.logicalId) : undefined;
  return textsIn(value).some(
    (text) =>
      refersTo(text, target) ||
      // `OrdersApi` of Ref, `OrdersApi.ApiId` of GetAtt, and either in the middle of Sub.
      (typeof id === 'string' && ['.', '}'].some((end) => `\${${text}}`.includes(`\${${id}${end}`))),
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
