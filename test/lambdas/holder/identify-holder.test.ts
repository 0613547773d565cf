import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { identifyHolder } from '../../../lambdas/functions/holder/identify-holder.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { HOLDER_HEADER } from '../../../lambdas/contract/roles.ts';
import { portalUser } from '../../support/portal-user.ts';
import { withFaults } from '../../support/table-faults.ts';

let harness: ManagementHarness;
let good: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  good = (await portalUser(harness, 'alice').generate(harness.apis.petstore)).apikey;
});
afterAll(() => harness.close());

function presenting(value: string | undefined): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'POST /api/keybound/v1/{proxy+}',
    rawPath: '/api/keybound/v1/self-revoke',
    rawQueryString: '',
    headers: value === undefined ? {} : { [HOLDER_HEADER]: value },
    requestContext: {
      accountId: '000000000000',
      apiId: 'management',
      domainName: 'management.example',
      domainPrefix: 'management',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: 'POST /api/keybound/v1/{proxy+}',
      stage: '$default',
      time: '01/Jan/2026:12:00:00 +0000',
      timeEpoch: harness.time.now,
    },
    isBase64Encoded: false,
  };
}

/** Who it is, and how often the table was asked. */
async function identified(value: string | undefined, acceptsImported?: boolean) {
  const { result, tried } = await withFaults(
    harness,
    () => 'none',
    new Error('no fault'),
    async () => {
      try {
        return (await identifyHolder(harness.management, presenting(value), acceptsImported)).caller.subject;
      } catch (error) {
        return error instanceof Error ? error.name : 'not an Error';
      }
    },
  );
  return { result, reads: tried.length };
}

describe('whoever presents the value of a key', () => {
  it('is known by a value that works', async () => {
    const { result, reads } = await identified(` ${good} `);
    expect(result).toMatch(/^[0-9a-f-]{36}$/);
    expect(reads).toBeGreaterThan(0);
  });

  it.each<[string, () => string | undefined]>([
    ['no value', () => undefined],
    ['an empty value', () => '  '],
    ['junk', () => 'junk'],
    ['junk as long as a key', () => 'j'.repeat(60)],
    ['a value of the form of a key with a wrong checksum', () => `${good.slice(0, -6)}000000`],
    ['a value that was cut', () => good.slice(0, -1)],
    ['two values joined', () => `${good},${good}`],
    ['a value of 8,000 characters', () => good.repeat(100)],
  ])('is refused for %s without a read', async (_, value) => {
    expect(await identified(value())).toEqual({ result: 'Fault', reads: 0 });
  });

  it('is refused for a value that nobody has, by one read', async () => {
    expect(await identified(createKeyValue('kb', 'PRODUCTION'))).toEqual({ result: 'Fault', reads: 1 });
  });

  it('has values that were made elsewhere looked up only where the deployment says so', async () => {
    const imported = 'a-key-that-was-made-elsewhere';
    expect(await identified(imported)).toEqual({ result: 'Fault', reads: 0 });
    expect(await identified(imported, true)).toEqual({ result: 'Fault', reads: 1 });
    expect(await identified('too-short', true)).toEqual({ result: 'Fault', reads: 0 });
  });
});
