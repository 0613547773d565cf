import { createHash } from 'node:crypto';

/** Settings that tokens, keys and callers depend on: the issuer, the table, the addresses of APIs. */
export const CONTINUED = ['issuer', 'audience', 'table', 'domains'] as const;
export type Continued = (typeof CONTINUED)[number];

/** The values of a deployment; several for `domains`. */
export type Continuity = Readonly<Record<Continued, readonly string[]>>;

export interface ContinuityChange {
  /** The id that the last accepted deployment was given. */
  readonly recorded: string;
  readonly before: Continuity | undefined;
  /** The changes that the previous deployment was allowed. */
  readonly allowedBefore: readonly string[];
  readonly after: Continuity;
  readonly allowed: readonly string[];
  readonly nowEpochSeconds: number;
}

/** CloudFormation takes a failed deployment back within it; what comes later is another deployment. */
const TAKEN_BACK_WITHIN_SECONDS = 60 * 60;

export type ContinuityDecision =
  { readonly accepted: true; readonly id: string } | { readonly accepted: false; readonly reason: string };

/**
 * Refuses a deployment that drops a value which the last accepted one had, unless it is allowed to. What was accepted
 * stands in the id of the resource, not in the properties of before: CloudFormation takes a failed deployment back by
 * another update, whose properties of before are those that were refused.
 */
export function decideContinuity(change: ContinuityChange): ContinuityDecision {
  const { current, former, changedAt } = readId(change.recorded);
  const canBeTakenBack = change.nowEpochSeconds - changedAt < TAKEN_BACK_WITHIN_SECONDS;
  const next = digests(change.after);
  const dropped = CONTINUED.filter((name) => drops(current[name], next[name]));
  const refused = dropped.filter(
    (name) =>
      !change.allowed.includes(name) &&
      // Taking an allowed change back, when something later in the same deployment has failed.
      !(canBeTakenBack && change.allowedBefore.includes(name) && isSame(former[name], next[name])),
  );
  if (refused.length > 0) {
    const changes = refused.map((name) => describeChange(name, change));
    return {
      accepted: false,
      reason: `${changes.join('; ')}. Keep what is deployed, or allow the change once: -c allowChange=${refused.join(',')}`,
    };
  }
  const gone = Object.fromEntries(dropped.map((name) => [name, current[name]]));
  // Of another id CloudFormation deletes the former resource, which is nothing here.
  return { accepted: true, id: writeId(next, gone, dropped.length > 0 ? change.nowEpochSeconds : 0) };
}

/** The id of what is deployed for the first time. */
export function firstId(continuity: Continuity): string {
  return writeId(digests(continuity), {}, 0);
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
function writeId(current: Digests, former: Digests, changedAt: number): string {
  const part = (values: Digests) =>
    CONTINUED.flatMap((name) => {
      const list = values[name];
      return list === undefined ? [] : [`${name}=${list.join('+')}`];
    }).join(',');
  return `continuity;${part(current)};${part(former)};${changedAt}`;
}

function readId(id: string): {
  readonly current: Digests;
  readonly former: Digests;
  readonly changedAt: number;
} {
  const [, current = '', former = '', changedAt = '0'] = id.split(';');
  const read = (text: string): Digests =>
    Object.fromEntries(
      text.split(',').map((entry) => {
        const [name = '', list = ''] = entry.split('=');
        return [name, list.split('+').filter((digest) => digest !== '')];
      }),
    );
  return { current: read(current), former: read(former), changedAt: Number(changedAt) };
}
