import type { Caller } from '../../core/http/caller.ts';
import type { Reader } from '../../management/keys/readable-keys.ts';

/** A developer sees what is the developer's own, an administrator all. */
export function readerOf({ subject }: Caller, roles: ReadonlySet<string>): Reader {
  return { subject, seesAll: roles.has('administrator') };
}
