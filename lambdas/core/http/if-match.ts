import { Fault } from './fault.ts';

/** A caller's condition on a resource's version: that there is one, or that it is one of these. */
export type IfMatch = '*' | readonly number[];

/** One entity tag and what separates it from the next: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3 */
const ENTITY_TAG = /[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)/gy;
const VERSION = /^(?:0|[1-9]\d{0,14})$/;

/** The strong entity tag of a version. */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Reads an `If-Match` header. Tags that are no version of ours, and weak ones, are understood and match nothing,
 * as RFC 9110 (section 13.1.1) has it.
 * @throws Fault `bad_request` for what is no list of entity tags.
 */
export function readIfMatch(header: string): IfMatch {
  if (header.trim() === '*') return '*';
  const tags = [...header.matchAll(ENTITY_TAG)];
  const read = tags.reduce((length, [text]) => length + text.length, 0);
  if (tags.length === 0 || read !== header.length || header.trimEnd().endsWith(',')) {
    throw new Fault('bad_request', 'If-Match must be the ETag of an earlier answer, such as "7", or *.', {
      problems: [{ field: 'If-Match', message: 'must be entity tags in double quotes, or *' }],
    });
  }
  return tags.flatMap(([, weak, tag = '']) => (weak === undefined && VERSION.test(tag) ? [Number(tag)] : []));
}

/** Whether a condition names this version itself. */
export function namesVersion(ifMatch: IfMatch | undefined, version: number): boolean {
  return ifMatch !== undefined && ifMatch !== '*' && ifMatch.includes(version);
}

/**
 * Lets a change go on only when the resource is at a version that the caller named.
 * @param isRepeat whether the same request has made the current version and could not finish: it may name the one before.
 * @throws Fault `precondition_failed`.
 */
export function requireVersion(current: number, ifMatch: IfMatch | undefined, isRepeat = false): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.includes(current)) return;
  if (isRepeat && namesVersion(ifMatch, current - 1)) return;
  throw new Fault(
    'precondition_failed',
    `The resource is at version ${entityTagOf(current)}, which If-Match does not name. Read it again; nothing was changed.`,
  );
}
