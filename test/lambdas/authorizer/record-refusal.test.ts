import { beforeEach, describe, expect, it } from 'vitest';
import { refusalRecorder, type RecordRefusal } from '../../../lambdas/functions/authorizer/record-refusal.ts';
import type { Credential } from '../../../lambdas/core/decision/credential.ts';
import { REFUSAL_CAPS } from '../../../lambdas/core/refusals/refusal-caps.ts';
import type { RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const CAP = REFUSAL_CAPS.withoutKey.linesOfAnInstance;

let lines: LogEntry[];
let record: RecordRefusal;
let requests: number;

beforeEach(() => {
  lines = [];
  requests = 0;
  record = refusalRecorder((entry) => void lines.push(entry));
});

interface Refused {
  readonly at?: number;
  readonly apiId?: string;
  readonly reason?: RefusalReason;
  readonly keyUUID?: string;
}

function refuse({ at = NOON, apiId = 'api-1', reason = 'key_unknown', keyUUID }: Refused = {}): boolean {
  requests += 1;
  return record({
    requestId: `request-${requests}`,
    at,
    presented: {
      call: {
        apiId,
        gatewayApiId: 'gateway',
        environment: 'PRODUCTION',
        requiresSubscription: true,
        freshness: { mode: 'strict' },
        atEpochSeconds: at / 1_000,
      },
      value: undefined,
    },
    refused: { allowed: false, reason, ...(keyUUID !== undefined && { credential: credentialOf(keyUUID) }) },
  });
}

function credentialOf(keyUUID: string): Credential {
  return {
    keyUUID,
    keyName: 'key',
    keyType: 'PRODUCTION',
    status: 'REVOKED',
    owner: 'alice',
    issuedAtEpochMilliseconds: 1,
    permittedIp: [],
    permittedReferrer: [],
  };
}

const flood = (count: number, refused: Refused = {}) => Array.from({ length: count }, () => refuse(refused));
/** Calls that lines tell of, by reason. */
const told = (reason: RefusalReason = 'key_unknown') =>
  lines.filter((line) => line['reason'] === reason).reduce((sum, line) => sum + Number(line['count']), 0);

describe('an instance of the authorizer', () => {
  it('writes a line about each refused call, with its request, as long as they are few', () => {
    expect(flood(CAP)).toEqual(Array.from({ length: CAP }, () => true));
    expect(lines).toHaveLength(CAP);
    expect(lines.at(-1)).toMatchObject({ type: 'refusal', requestId: `request-${CAP}`, count: 1 });
  });

  it('writes of a flood the first lines and then counts, fewer than one for each doubling', () => {
    const answers = flood(20_000);
    expect(answers.filter((isTold) => isTold)).toHaveLength(CAP);
    expect(lines.length).toBeLessThanOrEqual(CAP + Math.ceil(Math.log2(20_000 / CAP)));
    expect(told()).toBeGreaterThanOrEqual(10_000);
    expect(told()).toBeLessThanOrEqual(20_000);
    expect(lines.slice(CAP).filter((line) => 'requestId' in line || 'sourceIp' in line)).toEqual([]);
  });

  it('has told of every call when another comes a minute later', () => {
    flood(1_234);
    flood(77, { reason: 'credential_missing' });
    refuse({ at: NOON + MINUTE - 1, reason: 'path_forbidden' });
    expect(told()).toBeLessThan(1_234);
    refuse({ at: NOON + MINUTE, reason: 'path_forbidden' });
    expect([told(), told('credential_missing'), told('path_forbidden')]).toEqual([1_234, 77, 2]);
  });

  it('begins anew each hour, and tells first what is left of the one before', () => {
    flood(CAP + 5);
    const next = NOON + 60 * MINUTE;
    expect(refuse({ at: next })).toBe(true);
    expect(told()).toBe(CAP + 6);
    expect(lines.at(-1)).toMatchObject({ count: 1, at: next });
    expect(lines.at(-2)).toMatchObject({ count: 5, at: NOON });
  });

  it('counts APIs, reasons and known keys by themselves', () => {
    flood(CAP + 1);
    expect(refuse()).toBe(false);
    expect(refuse({ apiId: 'api-2' })).toBe(true);
    expect(refuse({ reason: 'credential_malformed' })).toBe(true);
    expect(
      flood(REFUSAL_CAPS.withKey.linesOfAnInstance, { reason: 'key_revoked', keyUUID: 'key-1' }),
    ).not.toContain(false);
    expect(refuse({ reason: 'key_revoked', keyUUID: 'key-1' })).toBe(false);
    expect(refuse({ reason: 'key_revoked', keyUUID: 'key-2' })).toBe(true);
  });

  it('tells whose key the calls were that it only counted', () => {
    const of = { reason: 'key_revoked', keyUUID: 'key-1' } as const;
    flood(REFUSAL_CAPS.withKey.linesOfAnInstance * 2, of);
    expect(lines.at(-1)).toMatchObject({ keyUUID: 'key-1', owner: 'alice', count: 100, code: '900901' });
  });

  it('counts on when the clock is set back', () => {
    flood(CAP + 5);
    flood(1, { at: NOON - 1, reason: 'path_forbidden' });
    expect(told()).toBe(CAP + 5);
  });

  it('is silent about new subjects when it has too many in mind, and goes on about the others', () => {
    for (let index = 0; index < 10_000; index += 1) refuse({ apiId: `api-${index}` });
    expect(lines).toHaveLength(10_000);
    expect(refuse({ apiId: 'one-too-many' })).toBe(false);
    expect(refuse({ apiId: 'api-7' })).toBe(true);
    expect(refuse({ apiId: 'one-too-many', at: NOON + 60 * MINUTE })).toBe(true);
  });
});
