import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuthorizerDependencies } from '../../../lambdas/functions/authorizer/authorize.ts';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let petKey: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  petKey = (await portalUser(harness, 'alice').generate(harness.apis.petstore)).apikey;
});
afterAll(() => harness.close());

const inStyle = (style: string, call: ProtectedCall = {}): ProtectedCall => ({
  ...call,
  stageVariables: { ...call.stageVariables, [STAGE_VARIABLES.refusals]: style },
});
/** Each field that a gateway can map has a value in a refusal, too. */
const NOTHING_GRANTED = Object.fromEntries(
  [
    ...['keyUUID', 'keyName', 'keyType', 'owner', 'applicationId'],
    ...['subscriptionId', 'subscriptionPolicy', 'valueIssuedOn', 'ownerInLog', 'policyInLog', 'limits'],
  ].map((field) => [field, 'none']),
);
const unknown = createKeyValue('kb', 'PRODUCTION');

describe.each(['detailed', 'detailed-fault'])('with refusals: %s', (style) => {
  it.each([
    ['a missing key', {}, 'credential_missing', '401'],
    ['an unknown key', { headers: { apikey: unknown } }, 'key_unknown', '401'],
  ])('%s passes the gateway as refused, and is logged as ever', async (_, call, reason, status) => {
    const before = authorizer.logged.length;
    const outcome = await authorizer.call(inStyle(style, call));
    expect(outcome).toMatchObject({
      kind: 'allowed',
      context: { decision: 'refuse', style, reason, status },
    });
    expect(authorizer.logged.slice(before)).toMatchObject([
      { type: 'refusal', reason, status: Number(status) },
    ]);
    expect(JSON.stringify(outcome)).not.toContain(unknown);
  });

  it('a key of another API passes the gateway as refused, without a word of the key', async () => {
    expect(await authorizer.present(petKey, inStyle(style))).toEqual({
      kind: 'allowed',
      context: {
        ...NOTHING_GRANTED,
        decision: 'refuse',
        style,
        reason: 'api_mismatch',
        status: '403',
        code: '900908',
        message: 'Resource forbidden',
        description: 'The API key was generated for another API.',
      },
    });
  });

  it('an allowed call is allowed as in any style', async () => {
    const call: ProtectedCall = { api: 'petstore' };
    expect(await authorizer.present(petKey, inStyle(style, call))).toEqual(
      await authorizer.present(petKey, call),
    );
    expect(await authorizer.present(petKey, inStyle(style, call))).toMatchObject({
      kind: 'allowed',
      context: { decision: 'allow', owner: 'sub-alice' },
    });
  });

  it.each(['findCredential', 'readApiState'] as const satisfies readonly (keyof AuthorizerDependencies)[])(
    'a fault of %s stays a fault',
    async (read) => {
      const broken = testAuthorizer(harness, {
        [read]: () => Promise.reject(new Error('the table did not answer')),
      });
      expect(await broken.present(petKey, inStyle(style, { api: 'petstore' }))).toEqual({
        kind: 'failed',
        message: 'the table did not answer',
      });
      expect(broken.logged).toMatchObject([{ type: 'authorizer_fault' }]);
    },
  );
});

describe('the challenge of a 401', () => {
  const challengeOf = async (stageVariables: Record<string, string | undefined>) => {
    const outcome = await authorizer.call(inStyle('detailed', { stageVariables }));
    if (outcome.kind !== 'allowed') throw new Error(outcome.kind);
    return z.object({ challenge: z.string() }).parse(outcome.context).challenge;
  };
  const realm = () => 'API Key realm="Keybound"';

  it('begins as WSO2 begins it, and names each place where the key of the API may travel', async () => {
    expect(await challengeOf({})).toBe(`${realm()}, header="apikey", query="apikey"`);
    expect(await challengeOf({ [STAGE_VARIABLES.keyQueryParameter]: undefined })).toBe(
      `${realm()}, header="apikey"`,
    );
    expect(
      await challengeOf({
        [STAGE_VARIABLES.keyHeader]: undefined,
        [STAGE_VARIABLES.keyQueryParameter]: 'key',
      }),
    ).toBe(`${realm()}, query="key"`);
  });
});

describe.each(['', 'plain', 'Detailed', 'detailed ', 'detailed-faults', 'true'])(
  'with a stage variable that says %j',
  (text) => {
    it('API Gateway itself stops refused calls', async () => {
      expect(await authorizer.call(inStyle(text))).toEqual({ kind: 'unauthorized' });
      expect(await authorizer.present(petKey, inStyle(text))).toEqual({
        kind: 'forbidden',
        context: { ...NOTHING_GRANTED, reason: 'api_mismatch', code: '900908' },
      });
    });
  },
);
