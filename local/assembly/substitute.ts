import { CannotRunError, type TemplatePlace } from './cannot-run-error.ts';
import { isJsonObject, type Json } from './json.ts';
import { asText, lookUp, type Scope } from './scope.ts';

const VARIABLE = /\$\{(!?)([^}]*)\}/g;

/**
 * `Fn::Sub`, with and without its own variables. `${!Name}` stays as the literal `${Name}`.
 * @param resolve resolves the intrinsics within a variable's value
 */
export function substitute(
  argument: Json,
  scope: Scope,
  place: TemplatePlace,
  resolve: (value: Json) => Json | undefined,
): string {
  const { template, variables } = subParts(argument, place);
  return template.replace(VARIABLE, (_whole, escape: string, rawName: string) => {
    const name = rawName.trim();
    if (escape === '!') return `\${${rawName}}`;
    const own = variables[name];
    if (own !== undefined) return asText(resolve(own), place);
    const dot = name.indexOf('.');
    const value = lookUp(place, () =>
      dot === -1 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1)),
    );
    return asText(value, place);
  });
}

/** The names that a `Fn::Sub` takes from the template: `Table` or `Table.Arn`. */
export function substitutedNames(argument: Json, place: TemplatePlace): string[] {
  const { template, variables } = subParts(argument, place);
  return Array.from(template.matchAll(VARIABLE))
    .filter(([, escape]) => escape !== '!')
    .map(([, , name]) => (name ?? '').trim())
    .filter((name) => !(name in variables));
}

function subParts(
  argument: Json,
  place: TemplatePlace,
): { template: string; variables: Record<string, Json> } {
  if (typeof argument === 'string') return { template: argument, variables: {} };
  if (Array.isArray(argument)) {
    const [template, variables] = argument;
    if (typeof template === 'string' && isJsonObject(variables)) return { template, variables };
  }
  throw new CannotRunError(place, 'Fn::Sub takes a text, or a text and a map of variables');
}
