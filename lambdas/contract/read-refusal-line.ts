import { z } from 'zod';
import { KEY_TYPES } from '../core/decision/credential.ts';
import { UUID } from '../core/general/uuid.ts';
import { REFUSAL_REASONS } from '../core/refusals/refusal.ts';
import { REFUSAL_LINE } from './log-types.ts';
import type { LoggedRefusal, LoggedRefusals } from './refusal-line.ts';

/**
 * Reads what `refusal-line.ts` writes. Apart from it, because the authorizer loads that and no zod; the types of both are
 * the same.
 */

/** A refused call, in a line and in the table. */
export const RefusalRecord = z.object({
  requestId: z.string(),
  at: z.number(),
  reason: z.enum(REFUSAL_REASONS),
  code: z.string(),
  status: z.number(),
  apiId: z.string(),
  environment: z.enum(KEY_TYPES),
  sourceIp: z.string().exactOptional(),
  referrer: z.string().exactOptional(),
  keyUUID: z.string().exactOptional(),
  owner: z.string().exactOptional(),
  applicationId: z.string().exactOptional(),
  subscriptionId: z.string().exactOptional(),
  policy: z.string().exactOptional(),
  nextAccessAt: z.number().exactOptional(),
}) satisfies z.ZodType<LoggedRefusal>;

const Id = z.string().regex(UUID);
const Refusal = RefusalRecord.extend({
  requestId: z.string().min(1).max(128),
  at: z.int().min(0),
  keyUUID: Id.exactOptional(),
  applicationId: Id.exactOptional(),
});
const Refusals = Refusal.pick({
  at: true,
  reason: true,
  apiId: true,
  keyUUID: true,
  applicationId: true,
}).extend({ count: z.int().min(1).max(1_000_000_000) }) satisfies z.ZodType<LoggedRefusals>;

const Line = z.object({ type: z.literal(REFUSAL_LINE) });
/** The line about one call has the id of its request. */
const LineOfMany = Line.extend({ requestId: z.undefined().optional() });

/** Reads a line about one refused call, parsed from JSON. @returns undefined for anything else. */
export function readRefusal(line: unknown): LoggedRefusal | undefined {
  return Line.safeParse(line).success ? Refusal.safeParse(line).data : undefined;
}

/** Reads a line about a number of refused calls. @returns undefined for anything else. */
export function readRefusals(line: unknown): LoggedRefusals | undefined {
  return LineOfMany.safeParse(line).success ? Refusals.safeParse(line).data : undefined;
}
