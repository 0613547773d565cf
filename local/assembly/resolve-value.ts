import { CannotRunError, type TemplatePlace } from './cannot-run-error.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { asText, describe, lookUp, type Scope } from './scope.ts';
import { substitute } from './substitute.ts';

/**
 * Resolves every intrinsic of a template value.
 * @returns the plain value, or undefined where the template says `AWS::NoValue`.
 * @throws CannotRunError that names the place, for an intrinsic or a name that is not known.
 */
export function resolveValue(value: Json, scope: Scope, place: TemplatePlace): Json | undefined {
  if (typeof value === 'string') return resolveDynamicReferences(value, scope, place);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => resolveValue(item, scope, at(place, `[${index}]`)));
    return items.filter((item) => item !== undefined);
  }
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value);
  const [key] = keys;
  const argument = key === undefined ? undefined : value[key];
  if (keys.length === 1 && key !== undefined && argument !== undefined && isIntrinsic(key, argument)) {
    return resolveIntrinsic(key, argument, scope, at(place, key));
  }
  const resolved: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const result = resolveValue(item, scope, at(place, name));
    if (result !== undefined) resolved[name] = result;
  }
  return resolved;
}

// `Condition` names a condition only with a text; an IAM statement has a map under the same key.
function isIntrinsic(key: string, argument: Json): boolean {
  return key === 'Ref' || key.startsWith('Fn::') || (key === 'Condition' && typeof argument === 'string');
}

function resolveIntrinsic(
  name: string,
  argument: Json,
  scope: Scope,
  place: TemplatePlace,
): Json | undefined {
  const text = (value: Json | undefined): string => asText(value, place);
  const resolve = (value: Json): Json | undefined => resolveValue(value, scope, place);
  switch (name) {
    case 'Ref':
      return lookUp(place, () => scope.ref(text(argument)));
    case 'Condition':
      return lookUp(place, () => scope.condition(text(argument)));
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = getAttParts(argument, resolve, place);
      return lookUp(place, () => scope.getAtt(logicalId, attribute));
    }
    case 'Fn::Join': {
      const [separator, items] = asArguments(argument, 2, place);
      return asList(resolve(items), place).map(text).join(text(separator));
    }
    case 'Fn::Sub':
      return substitute(argument, scope, place, resolve);
    case 'Fn::Select': {
      const [index, items] = asArguments(argument, 2, place);
      const list = asList(resolve(items), place);
      const chosen = list[Number(text(resolve(index)))];
      if (chosen === undefined) {
        throw new CannotRunError(place, `the list has no element ${text(resolve(index))}`);
      }
      return chosen;
    }
    case 'Fn::Split': {
      const [separator, source] = asArguments(argument, 2, place);
      return text(resolve(source)).split(text(separator));
    }
    case 'Fn::ImportValue': {
      const exportName = text(resolve(argument));
      return lookUp(place, () => scope.importValue(exportName));
    }
    case 'Fn::FindInMap': {
      const [map, topKey, secondKey] = asArguments(argument, 3, place).map((part) => text(resolve(part)));
      return lookUp(place, () => scope.findInMap(map ?? '', topKey ?? '', secondKey ?? ''));
    }
    case 'Fn::If': {
      const [condition, yes, no] = asArguments(argument, 3, place);
      return resolve(lookUp(place, () => scope.condition(text(condition))) ? yes : no);
    }
    case 'Fn::Equals': {
      const [left, right] = asArguments(argument, 2, place);
      return JSON.stringify(resolve(left)) === JSON.stringify(resolve(right));
    }
    case 'Fn::And':
      return asList(argument, place).every((part) => resolve(part) === true);
    case 'Fn::Or':
      return asList(argument, place).some((part) => resolve(part) === true);
    case 'Fn::Not':
      return resolve(asArguments(argument, 1, place)[0]) !== true;
    case 'Fn::Base64':
      return Buffer.from(text(resolve(argument))).toString('base64');
    default:
      throw new CannotRunError(place, `the intrinsic ${name} is not supported`);
  }
}

function getAttParts(
  argument: Json,
  resolve: (value: Json) => Json | undefined,
  place: TemplatePlace,
): [string, string] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot === -1) throw new CannotRunError(place, `${argument} names no attribute`);
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [logicalId, attribute] = asArguments(argument, 2, place);
  return [asText(logicalId, place), asText(resolve(attribute), place)];
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
function resolveDynamicReferences(value: string, scope: Scope, place: TemplatePlace): string {
  return value.replace(/\{\{resolve:([^}]*)\}\}/g, (whole, reference: string) => {
    const [service, name] = reference.split(':');
    if (service !== 'ssm' || name === undefined) {
      throw new CannotRunError(place, `the dynamic reference ${whole} is not supported`);
    }
    return lookUp(place, () => scope.ssmParameter(name));
  });
}

function asList(value: Json | undefined, place: TemplatePlace): Json[] {
  if (Array.isArray(value)) return value;
  throw new CannotRunError(place, `expected a list, found ${describe(value)}`);
}

function asArguments(value: Json, count: 1, place: TemplatePlace): [Json];
function asArguments(value: Json, count: 2, place: TemplatePlace): [Json, Json];
function asArguments(value: Json, count: 3, place: TemplatePlace): [Json, Json, Json];
function asArguments(value: Json, count: number, place: TemplatePlace): Json[] {
  const list = asList(value, place);
  if (list.length !== count) {
    throw new CannotRunError(place, `expected ${count} arguments, found ${list.length}`);
  }
  return list;
}

function at(place: TemplatePlace, step: string): TemplatePlace {
  const path = place.path ?? '';
  return { ...place, path: path === '' || step.startsWith('[') ? `${path}${step}` : `${path}.${step}` };
}
