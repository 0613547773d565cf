import { KEY_TYPES, type KeyType } from '../decision/credential.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../refusals/refusal.ts';

/** The kinds of status that calls are counted by. */
export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** Numbers by what they count: `calls:PRODUCTION:2xx`, `refusals:key_expired`. */
export type Counts = Readonly<Record<string, number>>;

/** The meaning of one of those numbers. */
export type Counted =
  | { readonly kind: 'calls'; readonly environment: KeyType; readonly statusClass: StatusClass }
  | { readonly kind: 'refusals'; readonly reason: RefusalReason };

export function nameOfCount(counted: Counted): string {
  return counted.kind === 'calls'
    ? `calls:${counted.environment}:${counted.statusClass}`
    : `refusals:${counted.reason}`;
}

const COUNTED = new Map(
  [
    ...KEY_TYPES.flatMap((environment) =>
      STATUS_CLASSES.map((statusClass) => ({ kind: 'calls', environment, statusClass }) as const),
    ),
    ...REFUSAL_REASONS.map((reason) => ({ kind: 'refusals', reason }) as const),
  ].map((counted) => [nameOfCount(counted), counted] as const),
);

/** Reads a name that `nameOfCount` wrote; `undefined` for any other text. */
export function readNameOfCount(name: string): Counted | undefined {
  return COUNTED.get(name);
}

/** The class of a status from 200 to 599. */
export function statusClassOf(status: number): StatusClass | undefined {
  return STATUS_CLASSES.find((statusClass) => Math.floor(status / 100) === Number(statusClass.charAt(0)));
}
