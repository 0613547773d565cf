import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { countCalls } from '../../../lambdas/functions/usage/count-calls.ts';
import { readLines } from '../../../lambdas/functions/usage/read-lines.ts';

const NOW = Date.parse('2026-03-01T12:30:00Z');
const API = randomUUID();
const KEY = randomUUID();
const line = (more: object) => ({
  id: randomUUID(),
  timestamp: NOW,
  message: JSON.stringify({
    ...{ type: 'refusal', at: NOW - 1_000, reason: 'key_revoked', code: '900901', status: 401, apiId: API },
    ...more,
  }),
});
const single = (more: object = {}) =>
  line({ requestId: randomUUID(), count: 1, environment: 'PRODUCTION', ...more });
const countsOf = (...events: ReturnType<typeof line>[]) => {
  const { refusals, refusalCounts, malformed } = readLines(events, 'authorizer');
  const increments = countCalls([], [...refusals, ...refusalCounts]);
  return {
    records: refusals.length,
    malformed,
    counts: Object.fromEntries(increments.map(({ key, counts }) => [key.pk, Object.values(counts)[0]])),
  };
};

describe('refused calls that one line tells of', () => {
  it('count like those with lines of their own, and are no records', () => {
    expect(countsOf(single(), single(), line({ count: 40 }))).toEqual({
      records: 2,
      malformed: 0,
      counts: { [`CALLS#API#${API}`]: 42 },
    });
  });

  it('count for the key and the application that they name', () => {
    const applicationId = randomUUID();
    expect(countsOf(line({ count: 7, keyUUID: KEY, owner: 'alice', applicationId })).counts).toEqual({
      [`CALLS#API#${API}`]: 7,
      [`CALLS#KEY#${KEY}`]: 7,
      [`CALLS#APPLICATION#${applicationId}`]: 7,
    });
  });

  it.each([
    ['no number', { count: '7' }],
    ['nothing', { count: 0 }],
    ['less than nothing', { count: -1 }],
    ['a part of a call', { count: 1.5 }],
    ['more than can be', { count: 1e12 }],
    ['a time that lies ahead', { count: 1, at: NOW + 10 * 60_000 }],
    ['a reason that is none', { count: 1, reason: 'because' }],
    ['a key that is no id', { count: 1, keyUUID: 'x"y' }],
  ])('are not understood when the line says %s', (_, more) => {
    expect(countsOf(line(more))).toEqual({ records: 0, malformed: 1, counts: {} });
  });

  it('leave the access line of a refused call one without a key, whatever API Gateway writes', () => {
    const access = (keyUUID: string) => ({
      id: randomUUID(),
      timestamp: NOW,
      message: JSON.stringify({
        ...{ type: 'access', time: String(NOW / 1_000), stage: 'production', status: '401' },
        ...{
          apiUUID: API,
          sourceIp: '198.51.100.7',
          keyUUID,
          applicationId: keyUUID,
          valueIssuedOn: keyUUID,
        },
      }),
    });
    expect(readLines([access('-'), access('none')], { apiId: API })).toMatchObject({
      calls: [{ key: undefined }, { key: undefined }],
      malformed: 0,
    });
  });
});
