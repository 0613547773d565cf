import { CommandFailure, usageFailure } from '../failures.ts';
import { wordToShow } from '../output/printable.ts';
import { suggest } from '../parsing/suggest.ts';
import { ApiAnswer, ApplicationAnswer, KeyAnswer } from './answers.ts';
import { readAll } from './read-list.ts';
import { pathOf, PORTAL, type RestClient } from './rest-client.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is an id rather than a name. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** A name of somebody's, and the id behind it. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Finds an API by id, by name, or by `name:version`, upper or lower case.
 * @param base whose view of the APIs counts: developers do not see what is not published.
 * @throws CommandFailure `failed` when there is none, `usage` when there is more than one.
 */
export async function resolveApi(rest: RestClient, wanted: string, base = PORTAL): Promise<Named> {
  if (isId(wanted)) return { id: wanted, name: wanted };
  const colon = wanted.lastIndexOf(':');
  const [name, version] = colon < 0 ? [wanted, undefined] : [wanted.slice(0, colon), wanted.slice(colon + 1)];
  const isWanted = (api: ApiAnswer) =>
    isSame(api.name, name) && (version === undefined || api.version === version);
  // A quote cannot be part of a quoted value: then all are looked through.
  const query = name.includes('"') ? {} : { query: `name:"${name}"` };
  const found = (await readAll(rest, `${base}/apis`, ApiAnswer, query)).filter(isWanted);
  // All names, for a suggestion, only when there is something to suggest.
  const all = found.length > 0 ? found : await readAll(rest, `${base}/apis`, ApiAnswer);
  return onlyOne(
    'API',
    wanted,
    found.map(apiName),
    all.map(({ name: other }) => other),
  );
}

/** Finds one of the caller's applications by id or name. */
export async function resolveApplication(rest: RestClient, wanted: string): Promise<Named> {
  if (isId(wanted)) return { id: wanted, name: wanted };
  const applications = await readAll(rest, `${PORTAL}/applications`, ApplicationAnswer);
  const found = applications.filter(({ name }) => isSame(name, wanted));
  const exact = found.filter(({ name }) => name === wanted);
  const chosen = (exact.length === 1 ? exact : found).map(({ applicationId, name }) => ({
    id: applicationId,
    name,
  }));
  return onlyOne(
    'application',
    wanted,
    chosen,
    applications.map(({ name }) => name),
  );
}

/** One of the caller's keys, and where its operations are. */
export interface FoundKey extends Named {
  readonly path: string;
  /** Whether it belongs to an application and opens all that this subscribes to. */
  readonly isApplicationKey: boolean;
}

/**
 * Finds one of the caller's keys by id or name.
 * @param api where to look, when more than one API has a key of this name.
 */
export async function resolveKey(rest: RestClient, wanted: string, api?: string): Promise<FoundKey> {
  const apiId = api === undefined ? undefined : (await resolveApi(rest, api)).id;
  const query = isId(wanted) ? {} : { query: `name:${wanted}` };
  const keys = (await readAll(rest, `${PORTAL}/api-keys`, KeyAnswer, query)).filter(
    ({ apiUUID }) => apiId === undefined || apiUUID === apiId,
  );
  const found = keys.filter(({ keyUUID, keyName }) => keyUUID === wanted || keyName === wanted);
  const named = found.map((key) => ({
    id: key.keyUUID,
    name: `${key.keyName ?? ''} (${key.apiName ?? 'all APIs'})`,
  }));
  const { id } = onlyOne(
    'key',
    wanted,
    named,
    keys.flatMap(({ keyName }) => keyName ?? []),
  );
  const key = found.find(({ keyUUID }) => keyUUID === id);
  const name = key?.keyName ?? id;
  return typeof key?.apiUUID === 'string'
    ? { id, name, path: apiKeysPath(key.apiUUID), isApplicationKey: false }
    : {
        id,
        name,
        path: applicationKeysPath(key?.applicationId ?? '', key?.keyType ?? ''),
        isApplicationKey: true,
      };
}

export function apiKeysPath(apiId: string): string {
  return pathOf(`${PORTAL}/apis`, apiId, 'api-keys');
}

export function applicationKeysPath(applicationId: string, keyType: string): string {
  return pathOf(`${PORTAL}/applications`, applicationId, 'api-keys', keyType);
}

/** What can be named. */
export type Kind = 'API' | 'application' | 'key' | 'policy';

/**
 * The one thing that was found.
 * @param names of all there are, for a suggestion.
 */
export function onlyOne(
  what: Kind,
  wanted: string,
  found: readonly Named[],
  names: readonly string[],
): Named {
  const [first, ...others] = found;
  if (first === undefined) {
    const meant = suggest(wanted, [...new Set(names)]);
    const hint = meant === undefined ? `keybound ${listOf(what)} shows them.` : `Did you mean ${meant}?`;
    throw new CommandFailure('failed', `There is no ${what} ${wordToShow(wanted)}.`, [hint]);
  }
  if (others.length > 0) {
    const lines = found.map(({ id, name }) => `${id}  ${name}`);
    throw usageFailure(
      `More than one ${what} is called ${wordToShow(wanted)}. Name one of them by its id:`,
      lines,
    );
  }
  return first;
}

function apiName({ id, name, version }: ApiAnswer): Named {
  return { id, name: version === undefined ? name : `${name}:${version}` };
}

function isSame(one: string, other: string): boolean {
  return foldCase(one) === foldCase(other);
}

/** As the server compares names: without regard to case, or to how accents are written. */
function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

function listOf(what: Kind): string {
  return { API: 'apis list', application: 'applications list', key: 'keys list', policy: 'policies list' }[
    what
  ];
}
