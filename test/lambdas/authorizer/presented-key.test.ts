import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalLine } from '../../../lambdas/functions/authorizer/refusal-line.ts';
import type { Call } from '../../../lambdas/core/decision/decide-access.ts';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser } from '../../support/portal-user.ts';
import { credentialWith } from '../../support/credential-with.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
/** Two values that open Petstore, each to be told from the other by its key's id. */
let one: { readonly value: string; readonly keyUUID: string };
let other: { readonly value: string; readonly keyUUID: string };

beforeAll(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  const alice = portalUser(harness, 'alice');
  const issue = async () => {
    const { apikey, keyUUID } = await alice.generate(harness.apis.petstore);
    return { value: apikey, keyUUID };
  };
  [one, other] = [await issue(), await issue()];
});

afterAll(() => harness.close());

/** The id of the key that the call was allowed for, or the reason why it was refused. */
async function decided(call: ProtectedCall): Promise<unknown> {
  const before = authorizer.logged.length;
  const outcome = await authorizer.call({ api: 'petstore', ...call });
  if (outcome.kind === 'allowed') return outcome.context;
  return authorizer.logged.slice(before).at(-1)?.['reason'];
}

const keyOf = ({ keyUUID }: { readonly keyUUID: string }): unknown => expect.objectContaining({ keyUUID });
const named = (variables: Readonly<Record<string, string | undefined>>) => ({ stageVariables: variables });

describe('the presented key', () => {
  it('is taken from the header before the query', async () => {
    const call = { headers: { apikey: one.value }, query: { apikey: other.value } };
    expect(await decided(call)).toEqual(keyOf(one));
  });

  it('is taken from the query when there is no header', async () => {
    expect(await decided({ query: { apikey: other.value } })).toEqual(keyOf(other));
  });

  it.each(['', '   '])('is taken from the query when the header is %j', async (empty) => {
    const call = { headers: { apikey: empty }, query: { apikey: other.value } };
    expect(await decided(call)).toEqual(keyOf(other));
  });

  it('does not fall back to the query when the header holds something else', async () => {
    const call = { headers: { apikey: 'junk' }, query: { apikey: other.value } };
    expect(await decided(call)).toBe('credential_malformed');
  });

  it('counts without the white space around it', async () => {
    expect(await decided({ headers: { apikey: ` \t${one.value} ` } })).toEqual(keyOf(one));
    expect(await decided({ query: { apikey: ` ${one.value} ` } })).toEqual(keyOf(one));
  });

  it('is found whatever the case in which the API names its header', async () => {
    const call = { headers: { 'x-petstore-key': one.value } };
    expect(await decided({ ...call, ...named({ [STAGE_VARIABLES.keyHeader]: 'X-PetStore-Key' }) })).toEqual(
      keyOf(one),
    );
  });

  it('is missing from a query parameter in another case', async () => {
    expect(await decided({ query: { ApiKey: one.value } })).toBe('credential_missing');
  });

  it('is missing from the default header of an API with a header of its own', async () => {
    const own = named({ [STAGE_VARIABLES.keyHeader]: 'petstore_key' });
    expect(await decided({ ...own, headers: { apikey: one.value } })).toBe('credential_missing');
    expect(await decided({ ...own, headers: { petstore_key: one.value } })).toEqual(keyOf(one));
  });

  it('is missing from a query parameter that the API does not read', async () => {
    const headerOnly = named({ [STAGE_VARIABLES.keyQueryParameter]: undefined });
    expect(await decided({ ...headerOnly, query: { apikey: one.value } })).toBe('credential_missing');
  });

  it('is missing from a header that the API does not read', async () => {
    const queryOnly = named({ [STAGE_VARIABLES.keyHeader]: undefined });
    expect(await decided({ ...queryOnly, headers: { apikey: one.value } })).toBe('credential_missing');
    expect(await decided({ ...queryOnly, query: { apikey: one.value } })).toEqual(keyOf(one));
  });

  it('is malformed when it was sent twice: API Gateway joins the values with a comma', async () => {
    const twice = `${one.value},${one.value}`;
    expect(await decided({ headers: { apikey: twice } })).toBe('credential_malformed');
    expect(await decided({ query: { apikey: twice } })).toBe('credential_malformed');
  });

  it.each(['Bearer ', 'constructor', '%6Bb_prod', 'kb_prod_\u0000'])(
    'is malformed, and never looked up, when it is %j',
    async (value) => {
      let reads = 0;
      const counting = testAuthorizer(harness, {
        findCredential: () => {
          reads += 1;
          return Promise.resolve({ outcome: 'answered', credential: undefined, remembered: false });
        },
      });
      expect(await counting.reasonOf(value, { api: 'petstore' })).toBe('credential_malformed');
      expect(reads).toBe(0);
    },
  );

  it('is missing when the request has neither headers nor query', async () => {
    expect(await decided({})).toBe('credential_missing');
  });

  it('stands in no line of log, wherever and however spoilt it was sent', async () => {
    const secret = one.value.slice(8, 51);
    const spoilt = [
      one.value.slice(0, -1),
      `${one.value}x`,
      secret,
      `x${one.value}`,
      one.value.toUpperCase(),
    ];
    for (const value of spoilt) {
      await authorizer.call({ api: 'petstore', headers: { apikey: value, referer: value } });
      await authorizer.call({ api: 'petstore', query: { apikey: value } });
    }
    const log = JSON.stringify(authorizer.logged);
    expect(log).toContain('credential_malformed');
    expect(log.toLowerCase()).not.toContain(secret.toLowerCase());
  });

  it('that was made elsewhere, in a form of its own, stands in no line either, as it is or encoded', () => {
    const value = 'ab.cd/ef:gh.ij/kl:mn.op/qr';
    const shown = (referrer: string) =>
      refusalLine(
        'request-1',
        0,
        { call: { ...CALL, referrer }, value },
        { allowed: false, reason: 'referrer_forbidden', credential: credentialWith() },
      )['referrer'];
    for (const referrer of [
      value,
      `https://evil.test/${value}`,
      `https://evil.test/${encodeURIComponent(value)}`,
    ]) {
      expect(shown(referrer)).toBe('unreadable');
    }
    expect(shown('https://evil.test/page?q=1')).toBe('https://evil.test/page');
  });
});

const CALL: Call = {
  apiId: 'petstore',
  gatewayApiId: 'gateway',
  environment: 'PRODUCTION',
  requiresSubscription: false,
  freshness: { mode: 'strict' },
  atEpochSeconds: 0,
};

describe('the stage variables', () => {
  it.each([
    ['the API', { [STAGE_VARIABLES.apiId]: undefined }],
    ['the environment', { [STAGE_VARIABLES.environment]: undefined }],
    ['an environment that exists', { [STAGE_VARIABLES.environment]: 'production' }],
    [
      'the place of the key',
      { [STAGE_VARIABLES.keyHeader]: undefined, [STAGE_VARIABLES.keyQueryParameter]: undefined },
    ],
  ])('must name %s: otherwise no call is decided, and the error is not a 401', async (_, variables) => {
    const before = authorizer.logged.length;
    const outcome = await authorizer.present(one.value, { api: 'petstore', ...named(variables) });
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(authorizer.logged.slice(before)).toEqual([
      expect.objectContaining({ level: 'ERROR', type: 'authorizer_fault', requestId: 'request-1' }),
    ]);
    expect(JSON.stringify(authorizer.logged)).not.toContain(one.value);
  });

  it.each([undefined, '', 'Optional', 'none'])(
    'keep the subscription required when they say %j about it',
    async (rule) => {
      const call = named({ [STAGE_VARIABLES.subscription]: rule });
      expect(await decided({ ...call, headers: { apikey: one.value } })).toBe('application_missing');
    },
  );
});
