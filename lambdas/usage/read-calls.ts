import { z } from 'zod';
import { mergeUsage, type KeyUsage } from '../core/key-usage.ts';
import { Id } from '../platform/http/schemas.ts';

/** What a batch of access log says of the keys that were used. */
export interface CallsOfKeys {
  /** By the key's id. */
  readonly usage: ReadonlyMap<string, KeyUsage>;
  /** How many lines could not be understood. */
  readonly malformed: number;
}

const LATEST_CLOCK_DIFFERENCE_MILLISECONDS = 5 * 60 * 1000;

const Digits = z.string().regex(/^\d{1,15}$/);
/** Later times are milliseconds: as seconds this is in the year 5138, as milliseconds in 1973. */
const LATEST_SECONDS = 100_000_000_000;
/** HTTP APIs log seconds, where REST APIs and events have milliseconds: both are understood. */
const RequestTime = Digits.transform((digits) =>
  Number(digits) < LATEST_SECONDS ? Number(digits) * 1000 : Number(digits),
);
const Call = z.object({ keyUUID: Id, valueIssuedOn: Digits, time: RequestTime });
/** What API Gateway writes where the authorizer said nothing: the call was refused. */
const WithoutKey = z.object({ keyUUID: z.literal('-') });

/** Reads lines of the access log of protected APIs. A time in the future of `now` is none that a call can have. */
export function readCalls(lines: readonly string[], now: number): CallsOfKeys {
  const usage = new Map<string, KeyUsage>();
  let malformed = 0;
  for (const line of lines) {
    const document = parseJson(line);
    if (WithoutKey.safeParse(document).success) continue;
    const { data: call } = Call.safeParse(document);
    if (call === undefined || call.time > now + LATEST_CLOCK_DIFFERENCE_MILLISECONDS) {
      malformed += 1;
      continue;
    }
    const { keyUUID, valueIssuedOn, time } = call;
    const seen = { lastUsed: time, values: { [valueIssuedOn]: time } };
    const before = usage.get(keyUUID);
    usage.set(keyUUID, before === undefined ? seen : mergeUsage(before, seen));
  }
  return { usage, malformed };
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
