import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../lambdas/core/decision/credential.ts';
import { decideAccess, readPresentedValue, type Call } from '../../../lambdas/core/decision/decide-access.ts';
import { compileIpRule } from '../../../lambdas/core/restrictions/ip-restriction.ts';
import type { ApiState } from '../../../lambdas/core/apis/managed-api.ts';
import { compileReferrerRule } from '../../../lambdas/core/restrictions/referrer-restriction.ts';
import { REFUSALS, type RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';

const NOW = 1_800_000_000;

const call: Call = {
  apiId: 'pizza',
  gatewayApiId: 'abc',
  environment: 'PRODUCTION',
  requiresSubscription: true,
  freshness: { mode: 'strict' },
  clientAddress: '152.23.5.6',
  referrer: 'https://www.example.com/',
  atEpochSeconds: NOW,
};
const credential: Credential = {
  keyUUID: 'key',
  keyName: 'Name',
  keyType: 'PRODUCTION',
  status: 'ACTIVE',
  apiId: 'pizza',
  owner: 'alice',
  issuedAtEpochMilliseconds: 0,
  expiresAtEpochSeconds: NOW + 1,
  permittedIp: ['152.23.5.6'].map(compileIpRule),
  permittedReferrer: ['www.example.com/*'].map(compileReferrerRule),
  applicationId: 'app',
  subscription: { subscriptionId: 'sub', status: 'UNBLOCKED', policy: 'Gold' },
};
const api: ApiState = { gatewayApiId: 'abc', lifecycle: 'PUBLISHED' };

interface Change {
  readonly call?: Partial<Call>;
  readonly credential?: Partial<Credential>;
  readonly api?: Partial<ApiState>;
}

/** Each way to spoil an allowed call, in the order of the checks. */
const SPOILERS: readonly (readonly [RefusalReason, Change])[] = [
  ['key_revoked', { credential: { status: 'REVOKED' } }],
  ['key_regenerated', { credential: { status: 'REGENERATED' } }],
  ['key_suspended', { credential: { status: 'SUSPENDED' } }],
  ['key_regenerated', { credential: { replacedAtEpochSeconds: NOW } }],
  ['key_expired', { credential: { expiresAtEpochSeconds: NOW } }],
  ['api_mismatch', { credential: { apiId: 'petstore' } }],
  ['environment_mismatch', { credential: { keyType: 'SANDBOX' } }],
  ['api_unknown', { api: { gatewayApiId: 'another' } }],
  ['api_unpublished', { api: { lifecycle: 'CREATED' } }],
  ['api_blocked', { api: { lifecycle: 'BLOCKED' } }],
  ['api_retired', { api: { lifecycle: 'RETIRED' } }],
  ['subscription_blocked', { credential: subscribed('BLOCKED') }],
  ['subscription_production_blocked', { credential: subscribed('PROD_ONLY_BLOCKED') }],
  ['subscription_on_hold', { credential: subscribed('ON_HOLD') }],
  ['subscription_rejected', { credential: subscribed('REJECTED') }],
  ['mode_unenforceable', { call: { freshness: { mode: 'gateway', ttlSeconds: 1 } } }],
  ['address_unknown', { call: { clientAddress: 'unknown' } }],
  ['address_forbidden', { call: { clientAddress: '10.0.0.1' } }],
  ['referrer_missing', { call: { referrer: '' } }],
  ['referrer_forbidden', { call: { referrer: 'https://evil.test/' } }],
];

function subscribed(status: 'BLOCKED' | 'PROD_ONLY_BLOCKED' | 'ON_HOLD' | 'REJECTED'): Partial<Credential> {
  return { subscription: { subscriptionId: 'sub', status, policy: 'Gold' } };
}

function decide(...changes: readonly Change[]) {
  return decideAccess(
    changes.reduce<Call>((whole, change) => ({ ...whole, ...change.call }), call),
    changes.reduce<Credential>((whole, change) => ({ ...whole, ...change.credential }), credential),
    changes.reduce<ApiState>((whole, change) => ({ ...whole, ...change.api }), api),
  );
}

describe('the decision', () => {
  it('allows a call that passes every check', () => {
    expect(decide()).toEqual({ allowed: true, credential, limits: [], standing: 'none' });
  });

  it.each(SPOILERS)('refuses with %s when that alone is wrong', (reason, change) => {
    expect(decide(change)).toMatchObject({ allowed: false, reason });
  });

  it('names the first check that fails when several do', () => {
    const positions = fc.uniqueArray(fc.nat(SPOILERS.length - 1), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(positions, (chosen) => {
        // Two spoilers of one field cannot both hold: the later in the list wins, so apply them backwards.
        const spoilers = chosen
          .toSorted((one, other) => other - one)
          .flatMap((index) => SPOILERS[index] ?? []);
        const changes = spoilers.filter((part): part is Change => typeof part === 'object');
        const first = SPOILERS[Math.min(...chosen)];
        expect(decide(...changes)).toMatchObject({ allowed: false, reason: first?.[0] });
      }),
    );
  });

  it('refuses a key that is not stored', () => {
    expect(decideAccess(call, undefined, api)).toEqual({ allowed: false, reason: 'key_unknown' });
  });

  it('refuses when the API is not registered', () => {
    expect(decideAccess(call, credential, undefined)).toMatchObject({ reason: 'api_unknown' });
  });

  it('tells a key without application from an application without subscription', () => {
    const { subscription, ...unsubscribed } = credential;
    const { applicationId, ...alone } = unsubscribed;
    expect(decideAccess(call, unsubscribed, api)).toMatchObject({ reason: 'subscription_missing' });
    expect(decideAccess(call, alone, api)).toMatchObject({ reason: 'application_missing' });
    expect([subscription?.policy, applicationId]).toEqual(['Gold', 'app']);
  });

  it('asks for no subscription where the API needs none', () => {
    const { subscription, applicationId, ...alone } = credential;
    expect(decideAccess({ ...call, requiresSubscription: false }, alone, api).allowed).toBe(true);
    expect([subscription?.policy, applicationId]).toEqual(['Gold', 'app']);
  });

  it('lets a SANDBOX key pass a subscription that is blocked for production only', () => {
    const sandbox = { call: { environment: 'SANDBOX' }, credential: { keyType: 'SANDBOX' } } as const;
    expect(decide(sandbox, { credential: subscribed('PROD_ONLY_BLOCKED') }).allowed).toBe(true);
    expect(decide(sandbox, { credential: subscribed('BLOCKED') }).allowed).toBe(false);
  });

  describe('about an API whose gateway repeats decisions', () => {
    const repeated: Change = { call: { freshness: { mode: 'gateway', ttlSeconds: 300 } } };
    const plan = (policy: string): Change => ({
      credential: { subscription: { subscriptionId: 'sub', status: 'UNBLOCKED', policy } },
    });
    const anyReferrer: Change = { credential: { permittedReferrer: [] } };

    it('allows what needs to be looked at once only', () => {
      expect(decide(repeated, plan('Unlimited'), anyReferrer).allowed).toBe(true);
    });

    it.each([
      ['a referrer restriction', [plan('Unlimited')]],
      ['a limit', [plan('Gold'), anyReferrer]],
    ])('refuses a key with %s, which nobody could enforce', (_, changes) => {
      expect(decide(repeated, ...changes)).toMatchObject({ reason: 'mode_unenforceable' });
    });

    it('asks for no plan without limits where the API has no plans', () => {
      const unsubscribed: Change = { call: { requiresSubscription: false } };
      expect(decide(repeated, unsubscribed, anyReferrer).allowed).toBe(true);
    });

    it('lets the other modes have both', () => {
      expect(decide({ call: { freshness: { mode: 'bounded', seconds: 300 } } }).allowed).toBe(true);
    });
  });

  it('goes on serving a deprecated API', () => {
    expect(decide({ api: { lifecycle: 'DEPRECATED' } }).allowed).toBe(true);
  });

  it('wants both restrictions to pass when both are set', () => {
    expect(decide({ call: { referrer: 'https://evil.test/' } }).allowed).toBe(false);
    expect(decide({ call: { clientAddress: '10.0.0.1' } }).allowed).toBe(false);
  });

  it('does not ask for address or referrer when the key has no restriction', () => {
    const { clientAddress, referrer, ...bare } = call;
    const open = { ...credential, permittedIp: [], permittedReferrer: [] };
    expect(decideAccess(bare, open, api).allowed).toBe(true);
    expect([clientAddress, referrer]).toEqual(['152.23.5.6', 'https://www.example.com/']);
  });

  it('lets a regenerated value work until its grace period ends', () => {
    expect(decide({ credential: { replacedAtEpochSeconds: NOW + 1 } }).allowed).toBe(true);
  });

  describe('about a key of an application', () => {
    const { apiId, ...ofApplication } = credential;

    it('allows every API that the application subscribes to', () => {
      expect(decideAccess({ ...call, apiId: 'any' }, ofApplication, api).allowed).toBe(true);
      expect(apiId).toBe('pizza');
    });

    const { subscription, ...unsubscribed } = ofApplication;
    const open = { ...call, requiresSubscription: false };

    it('refuses an API that it does not subscribe to, and allows one that needs no subscription', () => {
      expect(decideAccess(call, unsubscribed, api)).toMatchObject({ reason: 'subscription_missing' });
      expect(decideAccess(open, unsubscribed, api).allowed).toBe(true);
      expect(subscription?.policy).toBe('Gold');
    });

    it.each([
      ['key_suspended', { credential: { status: 'SUSPENDED' } }],
      ['key_revoked', { credential: { status: 'REVOKED' } }],
      ['key_expired', { credential: { expiresAtEpochSeconds: NOW } }],
      ['key_regenerated', { credential: { replacedAtEpochSeconds: NOW } }],
      ['environment_mismatch', { call: { environment: 'SANDBOX' } }],
      ['api_unknown', { api: { gatewayApiId: 'another' } }],
      ['api_unpublished', { api: { lifecycle: 'CREATED' } }],
      ['api_blocked', { api: { lifecycle: 'BLOCKED' } }],
      ['api_retired', { api: { lifecycle: 'RETIRED' } }],
      ['address_forbidden', { call: { clientAddress: '10.0.0.1' } }],
      ['referrer_forbidden', { call: { referrer: 'https://evil.test/' } }],
      ['mode_unenforceable', { call: { freshness: { mode: 'gateway', ttlSeconds: 60 } } }],
    ] as const satisfies readonly (readonly [string, Change])[])(
      'still refuses an API that needs no subscription with %s',
      (reason, change: Change) => {
        const decision = decideAccess(
          { ...open, ...change.call },
          { ...unsubscribed, ...change.credential },
          { ...api, ...change.api },
        );
        expect(decision).toMatchObject({ allowed: false, reason });
      },
    );

    it('heeds a subscription that is left from a time when the API wanted one', () => {
      for (const [status, isAllowed] of [
        ['UNBLOCKED', true],
        ['BLOCKED', false],
        ['REJECTED', false],
      ] as const) {
        const left = { ...unsubscribed, subscription: { subscriptionId: 'sub', status, policy: 'Gold' } };
        expect([status, decideAccess(open, left, api).allowed]).toEqual([status, isAllowed]);
      }
    });
  });

  it('never expires a key without expiry', () => {
    const { expiresAtEpochSeconds, ...eternal } = credential;
    expect(decideAccess({ ...call, atEpochSeconds: NOW * 10 }, eternal, api).allowed).toBe(true);
    expect(expiresAtEpochSeconds).toBe(NOW + 1);
  });
});

describe('a presented value', () => {
  it.each([undefined, ''])('counts as missing when it is %j', (value) => {
    expect(readPresentedValue(value)).toEqual({ wellFormed: false, reason: 'credential_missing' });
  });

  it('counts as malformed for any text that no key has', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (value) => {
        expect(readPresentedValue(value)).toEqual({ wellFormed: false, reason: 'credential_malformed' });
      }),
    );
  });
});

describe('a value that was made elsewhere', () => {
  const value = 'aB3xY9zQ1wE5rT7uI0pL';

  it('is looked up only where the API takes such keys', () => {
    expect(readPresentedValue(value)).toEqual({ wellFormed: false, reason: 'credential_malformed' });
    expect(readPresentedValue(value, true)).toEqual({ wellFormed: true, value });
  });

  it.each([
    'short',
    `${value},${value}`,
    `${value} ${value}`,
    `${value}\u0000`,
    'ä'.repeat(30),
    'a'.repeat(256),
  ])('is malformed everywhere when it is %j', (junk) => {
    expect(readPresentedValue(junk, true).wellFormed).toBe(false);
  });

  it('does not excuse a wrong checksum', () => {
    const wrong = `kb_prod_${'A'.repeat(43)}_000000`;
    expect(readPresentedValue(wrong, true).wellFormed).toBe(false);
  });
});

describe('the refusals', () => {
  it('give WSO2 its codes', () => {
    expect(REFUSALS.credential_missing).toMatchObject({ status: 401, code: '900902' });
    expect(REFUSALS.key_unknown).toMatchObject({ status: 401, code: '900901' });
    expect(REFUSALS.key_expired).toMatchObject({ status: 401, code: '900901' });
    expect(REFUSALS.api_mismatch).toMatchObject({
      status: 403,
      code: '900908',
      message: 'Resource forbidden',
    });
    expect(REFUSALS.address_forbidden).toMatchObject({
      status: 403,
      code: '900908',
      message: 'Resource forbidden',
    });
    expect(REFUSALS.api_blocked).toMatchObject({ status: 503, code: '700700', message: 'API blocked' });
  });
});
