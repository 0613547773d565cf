import { isJsonObject, type Json } from './json.ts';
import type { TemplatePlace } from './cannot-run-error.ts';
import { substitutedNames } from './substitute.ts';

/** Every name that a template value refers to by `Ref`, `Fn::GetAtt` or `Fn::Sub`: the part before a dot. */
export function referencedNames(value: Json, place: TemplatePlace): Set<string> {
  const names = new Set<string>();
  collect(value, place, names);
  return names;
}

function collect(value: Json, place: TemplatePlace, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, place, names);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') names.add(item);
    else if (key === 'Fn::GetAtt' && typeof item === 'string') names.add(beforeDot(item));
    else if (key === 'Fn::GetAtt' && Array.isArray(item) && typeof item[0] === 'string') names.add(item[0]);
    else if (key === 'Fn::Sub') for (const name of substitutedNames(item, place)) names.add(beforeDot(name));
    collect(item, place, names);
  }
}

function beforeDot(name: string): string {
  return name.split('.', 1)[0] ?? name;
}
