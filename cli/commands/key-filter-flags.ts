import { choiceFlag, momentFlag, textFlag } from '../parsing/flags.ts';
import { resolveApi } from '../rest/resolve.ts';
import { PUBLISHER, type RestClient } from '../rest/rest-client.ts';

/** Selects keys of all owners: those that match every given flag. */
export const keyFilterFlags = {
  owner: textFlag('USER', 'name or subject of the owner'),
  application: textFlag('ID', 'id of an application'),
  api: textFlag('API', 'id, name or name:version of an API'),
  type: choiceFlag(['PRODUCTION', 'SANDBOX'], 'environment that the keys open'),
  status: choiceFlag(
    ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'REVOKED'],
    'ACTIVE (which leaves expired keys out), SUSPENDED, EXPIRED or REVOKED',
    'STATUS',
  ),
  name: textFlag('TEXT', 'beginning of the name'),
  'created-after': momentFlag('created after this time'),
  'created-before': momentFlag('created before this time'),
  'used-after': momentFlag('used after this time'),
  'used-before': momentFlag('used, but not since this time'),
  'unused-since': momentFlag('not used since this time'),
  'expires-after': momentFlag('expiring after this time'),
  'expires-before': momentFlag('expiring before this time'),
  'called-from': textFlag('ADDRESS', 'used by this IP address'),
  'called-since': momentFlag('with --called-from: how far back, up to 35d (default 7d)'),
} as const;

type Moment = ((now: number) => number) | undefined;
interface Flags {
  readonly owner?: string | undefined;
  readonly application?: string | undefined;
  readonly api?: string | undefined;
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly name?: string | undefined;
  readonly 'created-after'?: Moment;
  readonly 'created-before'?: Moment;
  readonly 'used-after'?: Moment;
  readonly 'used-before'?: Moment;
  readonly 'unused-since'?: Moment;
  readonly 'expires-after'?: Moment;
  readonly 'expires-before'?: Moment;
  readonly 'called-from'?: string | undefined;
  readonly 'called-since'?: Moment;
}

/** The filter that the flags describe, as the server takes it in a body or a query. */
export async function keyFilterOf(
  rest: RestClient,
  flags: Flags,
  now: number,
): Promise<Readonly<Record<string, string | number>>> {
  const given = {
    owner: flags.owner,
    applicationId: flags.application,
    apiId: flags.api === undefined ? undefined : (await resolveApi(rest, flags.api, PUBLISHER)).id,
    keyType: flags.type,
    status: flags.status,
    name: flags.name,
    createdAfter: flags['created-after']?.(now),
    createdBefore: flags['created-before']?.(now),
    usedAfter: flags['used-after']?.(now),
    usedBefore: flags['used-before']?.(now),
    unusedSince: flags['unused-since']?.(now),
    expiresAfter: flags['expires-after']?.(now),
    expiresBefore: flags['expires-before']?.(now),
    calledFrom: flags['called-from'],
    calledSince: flags['called-since']?.(now),
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
