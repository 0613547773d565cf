import { followReference } from './follow-reference.ts';
import { isRecord, ownValue } from './json-record.ts';
import type { ParsedDocument } from './parsed-document.ts';
import type { Problems } from './problems.ts';
import type { SecurityScheme } from './security.ts';

/** The security schemes of a document, by name. */
export function readSchemes(
  { content }: ParsedDocument,
  problems: Problems,
): ReadonlyMap<string, SecurityScheme> {
  const schemes = new Map<string, SecurityScheme>();
  const path = ['components', 'securitySchemes'];
  const components = followed(ownValue(content, 'components'), ['components']);
  const defined = followed(isRecord(components) ? ownValue(components, 'securitySchemes') : undefined, path);
  for (const [name, node] of Object.entries(isRecord(defined) ? defined : {})) {
    if (name.startsWith('x-')) continue;
    const place = [...path, name];
    const scheme = followed(node, place);
    if (scheme === undefined) continue;
    if (!isRecord(scheme)) {
      problems.add(place, 'must be an object');
      continue;
    }
    const type = textOf(scheme, 'type');
    if (type === undefined) {
      problems.add([...place, 'type'], 'is missing');
      continue;
    }
    schemes.set(name, {
      type,
      ...part(scheme, 'in'),
      ...part(scheme, 'name'),
      ...part(scheme, 'scheme'),
    });
  }
  return schemes;

  function followed(node: unknown, at: readonly string[]): unknown {
    const result = followReference(content, node);
    if ('value' in result) return result.value;
    problems.add(at, result.problem);
    return undefined;
  }
}

function part<Name extends string>(scheme: object, name: Name): Partial<Record<Name, string>> {
  const value: unknown = Reflect.get(scheme, name);
  const found: Partial<Record<string, string>> = typeof value === 'string' ? { [name]: value } : {};
  return found;
}

function textOf(scheme: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = ownValue(scheme, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
