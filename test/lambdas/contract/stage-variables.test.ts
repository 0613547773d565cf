import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LONGEST_TRUSTED_PROXIES,
  readStageVariables,
  STAGE_VARIABLES,
  writeStageVariables,
  type StagedApi,
} from '../../../lambdas/contract/stage-variables.ts';
import type { Freshness } from '../../../lambdas/core/decision/freshness.ts';
import { keyType, oddText, uuid } from './arbitraries.ts';

const freshness: fc.Arbitrary<Freshness> = fc.oneof(
  fc.constant({ mode: 'strict' } as const),
  fc.record({ mode: fc.constant('bounded' as const), seconds: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ mode: fc.constant('gateway' as const), ttlSeconds: fc.integer({ min: 1, max: 3_600 }) }),
);

const stagedApi: fc.Arbitrary<StagedApi> = fc.record(
  {
    apiId: uuid,
    environment: keyType,
    location: fc.oneof(
      fc.record({ header: oddText }),
      fc.record({ queryParameter: oddText }),
      fc.record({ header: oddText, queryParameter: oddText }),
    ),
    requiresSubscription: fc.boolean(),
    acceptsImported: fc.boolean(),
    freshness,
    style: fc.constantFrom('plain' as const, 'detailed' as const, 'detailed-fault' as const),
    backendKind: fc.constantFrom('function' as const, 'url' as const),
    trustedProxies: fc.oneof(
      oddText,
      fc.string({ minLength: LONGEST_TRUSTED_PROXIES - 600, maxLength: LONGEST_TRUSTED_PROXIES }),
    ),
  },
  {
    requiredKeys: [
      'apiId',
      'environment',
      'location',
      'requiresSubscription',
      'acceptsImported',
      'freshness',
      'style',
      'backendKind',
    ],
  },
);

describe('the variables of a stage', () => {
  it('tell the authorizer all that the construct says of an API', () => {
    fc.assert(
      fc.property(stagedApi, oddText, (api, backend) => {
        expect(readStageVariables(writeStageVariables(api, backend))).toEqual(api);
      }),
    );
  });

  it('are as deployed stages have them, each at most 512 characters long', () => {
    const trustedProxies = 'x'.repeat(1_100);
    expect(
      writeStageVariables(
        {
          apiId: 'd3b07384-d113-8ec4-8b9c-0123456789ab',
          environment: 'SANDBOX',
          location: { header: 'petstore_key', queryParameter: 'key' },
          requiresSubscription: false,
          acceptsImported: true,
          freshness: { mode: 'bounded', seconds: 30 },
          style: 'detailed-fault',
          backendKind: 'url',
          trustedProxies,
        },
        'backend.example.com/v2',
      ),
    ).toEqual({
      keyboundApiId: 'd3b07384-d113-8ec4-8b9c-0123456789ab',
      keyboundEnvironment: 'SANDBOX',
      keyboundKeyHeader: 'petstore_key',
      keyboundKeyQueryParameter: 'key',
      keyboundSubscription: 'optional',
      keyboundImportedKeys: 'accepted',
      keyboundFreshness: 'bounded:30',
      keyboundRefusals: 'detailed-fault',
      keyboundBackend: 'backend.example.com/v2',
      keyboundBackendKind: 'url',
      keyboundTrustedProxies: 'x'.repeat(512),
      keyboundTrustedProxies2: 'x'.repeat(512),
      keyboundTrustedProxies3: 'x'.repeat(76),
    });
  });

  it('mean the strictest where a deployed stage has none but those that name the API', () => {
    expect(
      readStageVariables({
        keyboundApiId: 'a',
        keyboundEnvironment: 'PRODUCTION',
        keyboundKeyQueryParameter: 'key',
      }),
    ).toEqual({
      apiId: 'a',
      environment: 'PRODUCTION',
      location: { queryParameter: 'key' },
      requiresSubscription: true,
      acceptsImported: false,
      freshness: { mode: 'strict' },
      style: 'plain',
      backendKind: 'url',
    });
  });

  it('open nothing when they are anything else', () => {
    const words = fc.constantFrom('Optional', 'optional ', 'true', 'ACCEPTED', 'Function', 'bounded:0', '');
    const variables = fc.dictionary(
      fc.constantFrom(...Object.values(STAGE_VARIABLES), '__proto__'),
      fc.oneof(words, oddText),
    );
    fc.assert(
      fc.property(variables, (other) => {
        const api = readStageVariables({
          ...other,
          keyboundApiId: 'a',
          keyboundEnvironment: 'SANDBOX',
          keyboundKeyHeader: 'k',
        });
        expect(api).toMatchObject({
          requiresSubscription: true,
          acceptsImported: false,
          freshness: { mode: 'strict' },
          style: 'plain',
          backendKind: 'url',
        });
      }),
    );
  });

  it('name no API when they lack its id, a known environment or the place of its key', () => {
    const whole = { keyboundApiId: 'a', keyboundEnvironment: 'SANDBOX', keyboundKeyHeader: 'k' };
    expect(readStageVariables(whole)).toBeDefined();
    for (const name of Object.keys(whole)) {
      expect(readStageVariables({ ...whole, [name]: undefined })).toBeUndefined();
    }
    expect(readStageVariables({ ...whole, keyboundEnvironment: 'sandbox' })).toBeUndefined();
  });
});
