import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../lambdas/core/decision/credential.ts';
import type { Call } from '../../../lambdas/core/decision/decide-access.ts';
import { dryRunWarnings } from '../../../lambdas/core/decision/dry-run-warnings.ts';
import { compileIpRule } from '../../../lambdas/core/restrictions/ip-restriction.ts';
import { credentialWith } from '../../support/credential-with.ts';

const NOW = 1_800_000_000;
const call: Call = {
  apiId: 'pizza',
  gatewayApiId: 'gateway',
  environment: 'PRODUCTION',
  requiresSubscription: false,
  freshness: { mode: 'strict' },
  clientAddress: '192.0.2.7',
  atEpochSeconds: NOW,
};
const credential = credentialWith({ permittedIp: ['192.0.2.0/24'].map(compileIpRule) });

function warn(change: Partial<Call>, more: Partial<Credential> = {}) {
  return dryRunWarnings({
    call: { ...call, ...change },
    credential: { ...credential, ...more },
    nowEpochSeconds: NOW,
  });
}

describe('a dry run of a key', () => {
  it('warns of nothing where a real call would be decided alike', () => {
    expect(warn({})).toEqual([]);
    expect(warn({ atEpochSeconds: NOW + 60 })).toEqual([]);
  });

  it('without an address warns when the key has a restriction', () => {
    const { clientAddress, ...anywhere } = call;
    const facts = { call: anywhere, nowEpochSeconds: NOW };
    expect(dryRunWarnings({ ...facts, credential })).toEqual([expect.stringContaining('No source address')]);
    expect(dryRunWarnings({ ...facts, credential: { ...credential, permittedIp: [] } })).toEqual([]);
    expect(dryRunWarnings({ ...facts, credential: undefined })).toEqual([]);
    expect(clientAddress).toBe('192.0.2.7');
  });

  it.each<readonly [string, Partial<Call>, Partial<Credential>]>([
    ['no IP address', { clientAddress: 'localhost' }, {}],
    ['as they are now', { atEpochSeconds: NOW + 61 }, {}],
    ['as they are now', { atEpochSeconds: NOW - 61 }, {}],
    ['works until 2027-01-15T08:00:01.000Z', {}, { replacedAtEpochSeconds: NOW + 1 }],
    ['up to 30 s old', { freshness: { mode: 'bounded', seconds: 30 } }, {}],
    ['for up to 300 s', { freshness: { mode: 'gateway', ttlSeconds: 300 } }, {}],
  ])('warns with the words “%s”', (words, change, more) => {
    expect(warn(change, more)).toEqual([expect.stringContaining(words)]);
  });
});
