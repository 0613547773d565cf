import { createHash } from 'node:crypto';

/** What keys, tokens and callers depend on: what tokens must come from, where keys are, where APIs are reached. */
export const CONTINUED = ['issuer', 'audience', 'table', 'domains'] as const;
export type Continued = (typeof CONTINUED)[number];

/** The values of a deployment; several for `domains`. */
export type Continuity = Readonly<Record<Continued, readonly string[]>>;

export interface ContinuityChange {
  /** The id that the last accepted deployment was given. */
  readonly recorded: string;
  readonly before: Continuity | undefined;
  /** What the deployment before was allowed to change. */
  readonly allowedBefore: readonly string[];
  readonly after: Continuity;
  readonly allowed: readonly string[];
}

export type ContinuityDecision =
  { readonly accepted: true; readonly id: string } | { readonly accepted: false; readonly reason: string };

/**
 * Refuses a deployment that drops a value which the last accepted one had, unless it is allowed to. What was accepted
 * stands in the id of the resource, not in the properties of before: CloudFormation takes a failed deployment back by
 * another update, whose properties of before are those that were refused.
 */
export function decideContinuity(change: ContinuityChange): ContinuityDecision {
  const { current, former } = readId(change.recorded);
  const next = digests(change.after);
  const dropped = CONTINUED.filter((name) => drops(current[name], next[name]));
  const refused = dropped.filter(
    (name) =>
      !change.allowed.includes(name) &&
      // Taking an allowed change back, when something later in the same deployment has failed.
      !(change.allowedBefore.includes(name) && isSame(former[name], next[name])),
  );
  if (refused.length > 0) {
    const changes = refused.map((name) => describeChange(name, change));
    return {
      accepted: false,
      reason: `${changes.join('; ')}. Keep what is deployed, or allow the change once: -c allowChange=${refused.join(',')}`,
    };
  }
  const gone = Object.fromEntries(dropped.map((name) => [name, current[name]]));
  return { accepted: true, id: writeId(next, gone) };
}

/** The id of what is deployed for the first time. */
export function firstId(continuity: Continuity): string {
  return writeId(digests(continuity), {});
}

type Digests = Readonly<Partial<Record<Continued, readonly string[]>>>;

function drops(current: readonly string[] | undefined, next: readonly string[] | undefined): boolean {
  return current !== undefined && current.some((digest) => next?.includes(digest) !== true);
}

function isSame(former: readonly string[] | undefined, next: readonly string[] | undefined): boolean {
  return former !== undefined && former.join('+') === next?.join('+');
}

function describeChange(name: Continued, { before, after }: ContinuityChange): string {
  const said = (values: readonly string[] | undefined) =>
    values === undefined || values.length === 0 ? 'nothing' : values.join(', ');
  return `${name} would change from ${said(before?.[name])} to ${said(after[name])}`;
}

function digests(continuity: Continuity): Digests {
  return Object.fromEntries(
    CONTINUED.map((name) => [
      name,
      continuity[name]
        .map((value) => createHash('sha256').update(value).digest('hex').slice(0, 16))
        .toSorted(),
    ]),
  );
}

/** At most 1,024 characters: some forty domains. */
function writeId(current: Digests, former: Digests): string {
  const part = (values: Digests) =>
    CONTINUED.flatMap((name) => {
      const list = values[name];
      return list === undefined ? [] : [`${name}=${list.join('+')}`];
    }).join(',');
  return `continuity;${part(current)};${part(former)}`;
}

function readId(id: string): { readonly current: Digests; readonly former: Digests } {
  const [, current = '', former = ''] = id.split(';');
  const read = (text: string): Digests =>
    Object.fromEntries(
      text.split(',').map((entry) => {
        const [name = '', list = ''] = entry.split('=');
        return [name, list.split('+').filter((digest) => digest !== '')];
      }),
    );
  return { current: read(current), former: read(former) };
}
