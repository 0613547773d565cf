import type { Caller } from '../core/caller.ts';
import type { Reader } from '../management/readable-keys.ts';

/** A developer sees what is the developer's own, an administrator all. */
export function readerOf({ subject }: Caller, roles: ReadonlySet<string>): Reader {
  return { subject, seesAll: roles.has('administrator') };
}
