import { isRecord, ownValue, type JsonRecord } from './json-record.ts';

export type Followed = { readonly value: unknown } | { readonly problem: string };

/**
 * Resolves `node`: itself, or the target of its `$ref` within the document `root`. What stands beside a `$ref`
 * is added to its target; other files are never read.
 */
export function followReference(root: JsonRecord, node: unknown): Followed {
  let current = node;
  const seen = new Set<string>();
  while (isRecord(current) && Object.hasOwn(current, '$ref')) {
    const { $ref: reference, ...beside } = current;
    if (typeof reference !== 'string') return { problem: 'has a $ref that is not text' };
    if (!reference.startsWith('#')) {
      return {
        problem: `refers to ${reference}, another file, and no other file is read: put all into one, for example with "npx @redocly/cli bundle"`,
      };
    }
    if (seen.has(reference)) return { problem: `refers to itself through ${reference}` };
    seen.add(reference);
    const target = valueAt(root, reference);
    if (target === undefined) return { problem: `refers to ${reference}, which the document does not have` };
    if (!isRecord(target)) return { value: target };
    const twice = Object.keys(beside).find((name) => Object.hasOwn(target, name) && !DESCRIBING.has(name));
    if (twice !== undefined) return { problem: `has ${twice} twice: itself, and in ${reference}` };
    current = { ...target, ...beside };
  }
  return { value: current };
}

/** Fields that can differ from the target, because they are only for readers. */
const DESCRIBING = new Set(['summary', 'description']);

/** https://www.rfc-editor.org/rfc/rfc6901#section-6 */
function valueAt(root: JsonRecord, reference: string): unknown {
  let current: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    if (typeof current !== 'object' || current === null) return undefined;
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    current = Array.isArray(current)
      ? current[Number(name)]
      : isRecord(current)
        ? ownValue(current, name)
        : undefined;
  }
  return current;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
