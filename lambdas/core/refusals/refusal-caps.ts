import type { RefusalReason } from './refusal.ts';

/**
 * How many refused calls are told of one by one. Beyond it they are counted: a flood must not write as much as it sends.
 * Each number is for one hour (UTC) and reason: of an API where no key is known, else of a key.
 */
export const REFUSAL_CAPS = {
  withoutKey: { linesOfAnInstance: 20, items: 100 },
  withKey: { linesOfAnInstance: 100, items: 200 },
} as const;

/** How long an instance keeps a count of refused calls to itself, in seconds, while it is called. */
export const REFUSAL_COUNT_DELAY_SECONDS = 60;

/** The subject of a refused call. */
export interface RefusalSubject {
  readonly apiId: string;
  readonly reason: RefusalReason;
  /** Absent: no key is known. */
  readonly keyUUID?: string | undefined;
}

export function refusalCaps({ keyUUID }: RefusalSubject): {
  readonly linesOfAnInstance: number;
  readonly items: number;
} {
  return keyUUID === undefined ? REFUSAL_CAPS.withoutKey : REFUSAL_CAPS.withKey;
}

/** Names what is counted together. */
export function refusalScope({ apiId, reason, keyUUID }: RefusalSubject): string {
  return keyUUID === undefined ? `api#${apiId}#${reason}` : `key#${keyUUID}#${reason}`;
}
