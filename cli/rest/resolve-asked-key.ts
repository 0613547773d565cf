import { KeyAnswer } from './answers.ts';
import { readAll } from './read-list.ts';
import {
  apiKeysPath,
  applicationKeysPath,
  isId,
  onlyOne,
  resolveApi,
  resolveApplication,
  resolveKey,
  type FoundKey,
} from './resolve.ts';
import type { RestClient } from './rest-client.ts';

/** Where a key lives that is asked about. */
export interface KeyHome {
  readonly api?: string | undefined;
  /** Then it is one of the application's own keys, of this type. */
  readonly application?: string | undefined;
  readonly type?: string | undefined;
}

/**
 * Finds a key to ask about: one of the caller's by id or name, or any by its id and its home. Only so it can be one that
 * is revoked, or, for administrators, another's: neither is in the caller's lists.
 */
export async function resolveAskedKey(
  rest: RestClient,
  wanted: string,
  { api, application, type }: KeyHome,
): Promise<FoundKey> {
  if (application !== undefined) {
    const { id } = await resolveApplication(rest, application);
    const path = applicationKeysPath(id, type ?? 'PRODUCTION');
    return { ...(await keyAt(rest, path, wanted)), path, isApplicationKey: true };
  }
  if (api === undefined || !isId(wanted)) return resolveKey(rest, wanted, api);
  const path = apiKeysPath((await resolveApi(rest, api)).id);
  return { id: wanted, name: wanted, path, isApplicationKey: false };
}

async function keyAt(rest: RestClient, path: string, wanted: string) {
  if (isId(wanted)) return { id: wanted, name: wanted };
  const keys = await readAll(rest, path, KeyAnswer);
  const named = keys.flatMap(({ keyUUID, keyName }) =>
    typeof keyName === 'string' ? [{ id: keyUUID, name: keyName }] : [],
  );
  return onlyOne(
    'key',
    wanted,
    named.filter(({ name }) => name === wanted),
    named.map(({ name }) => name),
  );
}
