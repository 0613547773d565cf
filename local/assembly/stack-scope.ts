import type { TemplatePlace } from './cannot-run-error.ts';
import { resolveValue } from './resolve-value.ts';
import type { Json } from './json.ts';
import { localArn, LOCAL_ACCOUNT, LOCAL_REGION, stableUuid } from './physical-names.ts';
import type { AssemblyStack } from './read-assembly.ts';
import { asText, type Scope } from './scope.ts';

/** The answers of a deployed resource to `Ref` and `Fn::GetAtt`. */
export interface DeployedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, Json>>;
  /** For attributes of types that nothing runs: said instead of the list of attributes. */
  readonly attributesUnknownBecause?: string;
}

/** The state that stacks share, filled while they are deployed one after the other. */
export interface SharedNames {
  readonly exports: Map<string, Json>;
  readonly ssmParameters: Map<string, string>;
}

/** The ARN of a stack, as `AWS::StackId`. */
export function stackIdOf(stack: string): string {
  return localArn('cloudformation', `stack/${stack}/${stableUuid(stack)}`);
}

/** The names that one stack's template may use; `resources` grows while the stack is deployed. */
export function createStackScope(
  stack: AssemblyStack,
  resources: ReadonlyMap<string, DeployedResource>,
  shared: SharedNames,
): Scope {
  const { template } = stack;
  const pseudo: Record<string, string> = {
    'AWS::Region': LOCAL_REGION,
    'AWS::AccountId': LOCAL_ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': stackIdOf(stack.name),
  };
  const ssmParameter = (name: string): string => {
    const value = shared.ssmParameters.get(name);
    if (value !== undefined) return value;
    throw new Error(`no AWS::SSM::Parameter that was deployed before has the name ${name}`);
  };
  const parameterValue = (name: string): Json => {
    const declared = template.Parameters[name];
    if (declared?.Default === undefined) throw new Error(`the parameter ${name} has no default value`);
    const text = String(declared.Default);
    switch (declared.Type) {
      case 'String':
      case 'Number':
        return text;
      case 'CommaDelimitedList':
        return text.split(',').map((item) => item.trim());
      case 'AWS::SSM::Parameter::Value<String>':
        return ssmParameter(text);
      default:
        throw new Error(`the parameter ${name} has the type ${declared.Type}, which is not supported`);
    }
  };
  const deployed = (logicalId: string): DeployedResource => {
    const resource = resources.get(logicalId);
    if (resource !== undefined) return resource;
    if (logicalId in template.Resources) throw new Error(`${logicalId} is not there: its condition is false`);
    throw new Error(`the template has no parameter or resource ${logicalId}`);
  };
  const place: TemplatePlace = { stack: stack.name };
  const scope: Scope = {
    ssmParameter,
    ref(name) {
      if (name === 'AWS::NoValue') return undefined;
      if (name in pseudo) return pseudo[name];
      if (name in template.Parameters) return parameterValue(name);
      return deployed(name).ref;
    },
    getAtt(logicalId, attribute) {
      const { attributes, attributesUnknownBecause } = deployed(logicalId);
      const value = attributes[attribute];
      if (value !== undefined) return value;
      throw new Error(
        attributesUnknownBecause ??
          `${logicalId} has no attribute ${attribute} here; it has ${Object.keys(attributes).join(', ') || 'none'}`,
      );
    },
    importValue(exportName) {
      const value = shared.exports.get(exportName);
      if (value !== undefined) return value;
      throw new Error(`no stack that was deployed before exports ${exportName}`);
    },
    findInMap(map, topKey, secondKey) {
      const value = template.Mappings[map]?.[topKey]?.[secondKey];
      if (value !== undefined) return value;
      throw new Error(`the mapping ${map} has nothing under ${topKey}.${secondKey}`);
    },
    condition(name) {
      const expression = template.Conditions[name];
      if (expression === undefined) throw new Error(`the template has no condition ${name}`);
      return resolveValue(expression, scope, { ...place, path: `Conditions.${name}` }) === true;
    },
  };
  return scope;
}

/** Resolves the outputs of a deployed stack, and adds what it exports to the shared names. */
export function resolveOutputs(stack: AssemblyStack, scope: Scope, shared: SharedNames): Map<string, string> {
  const outputs = new Map<string, string>();
  for (const [key, output] of Object.entries(stack.template.Outputs)) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    const place = { stack: stack.name, path: `Outputs.${key}` };
    const value = resolveValue(output.Value, scope, place);
    if (output.Export !== undefined && value !== undefined) {
      shared.exports.set(asText(resolveValue(output.Export.Name, scope, place), place), value);
    }
    outputs.set(key, asText(value, place));
  }
  return outputs;
}
