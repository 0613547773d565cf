import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorize } from '../../../lambdas/functions/authorizer/authorize.ts';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { REFUSAL_CAPS } from '../../../lambdas/core/refusals/refusal-caps.ts';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import {
  authorizerEvent,
  testAuthorizer,
  type ProtectedCall,
  type TestAuthorizer,
} from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;

beforeAll(async () => {
  harness = await openManagementHarness();
});
afterAll(() => harness.close());

/** What the function answers, or the error that it throws. */
async function answerOf(authorizer: TestAuthorizer, call: ProtectedCall): Promise<unknown> {
  try {
    return await authorize(authorizer.dependencies, authorizerEvent(harness, call));
  } catch (error) {
    return error;
  }
}

async function flood(authorizer: TestAuthorizer, call: ProtectedCall): Promise<unknown> {
  for (let index = 0; index < REFUSAL_CAPS.withoutKey.linesOfAnInstance; index += 1) {
    expect(await answerOf(authorizer, call)).toBeInstanceOf(Error);
  }
  return answerOf(authorizer, call);
}

describe('beyond the cap of its reason, a 401', () => {
  const unknown = { headers: { apikey: createKeyValue('kb', 'PRODUCTION') } };

  it.each([
    ['no key', {}],
    ['junk', { headers: { apikey: 'junk' } }],
    ['an unknown key', unknown],
  ])('for %s is returned instead of thrown: the runtime writes a line about each error', async (_, call) => {
    const authorizer = testAuthorizer(harness);
    expect(await flood(authorizer, call)).toEqual({ errorMessage: 'Unauthorized' });
    expect(authorizer.logged).toHaveLength(REFUSAL_CAPS.withoutKey.linesOfAnInstance);
  });

  it('stays an error where API Gateway repeats decisions', async () => {
    const call = { ...unknown, stageVariables: { [STAGE_VARIABLES.freshness]: 'gateway:60' } };
    expect(await flood(testAuthorizer(harness), call)).toMatchObject({ message: 'Unauthorized' });
  });

  it('is answered by the guard as ever, with detailed refusals', async () => {
    const authorizer = testAuthorizer(harness);
    const call = { stageVariables: { [STAGE_VARIABLES.refusals]: 'detailed' } };
    for (let index = 0; index < 50; index += 1) {
      expect(await answerOf(authorizer, call)).toMatchObject({
        isAuthorized: true,
        context: { decision: 'refuse', reason: 'credential_missing', keyUUID: 'none' },
      });
    }
  });

  it('lets a good key pass, all the same', async () => {
    const authorizer = testAuthorizer(harness);
    await flood(authorizer, {});
    const { apikey } = await portalUser(harness, 'alice').generate(harness.apis.petstore);
    expect(await authorizer.present(apikey, { api: 'petstore' })).toMatchObject({ kind: 'allowed' });
  });
});

describe('a fault of the authorizer', () => {
  it('is thrown, however many calls were refused before', async () => {
    const broken = testAuthorizer(harness, {
      findCredential: () => Promise.reject(new Error('the table did not answer')),
    });
    await flood(broken, {});
    const call = { headers: { apikey: createKeyValue('kb', 'PRODUCTION') } };
    expect(await answerOf(broken, call)).toMatchObject({ message: 'the table did not answer' });
  });
});

describe('a path before a backend', () => {
  const onPath = async (rawPath: string, kind: string | undefined) => {
    const authorizer = testAuthorizer(harness);
    const { apikey } = await portalUser(harness, 'alice').generate(harness.apis.petstore);
    const event = authorizerEvent(harness, {
      api: 'petstore',
      headers: { apikey },
      stageVariables: { [STAGE_VARIABLES.backendKind]: kind },
    });
    const answer = await authorize(authorizer.dependencies, { ...event, rawPath });
    return 'errorMessage' in answer ? answer : [answer.isAuthorized, authorizer.logged[0]?.['reason']];
  };

  it('is looked at when the backend is a URL, or when nobody says what it is', async () => {
    for (const kind of ['url', undefined, 'Function']) {
      expect(await onPath('/production/files/../secret', kind)).toEqual([false, 'path_forbidden']);
      expect(await onPath('/production/files/secret', kind)).toEqual([true, undefined]);
    }
  });

  it('arrives as data at a function, whatever it is', async () => {
    expect(await onPath('/production/files/../secret', 'function')).toEqual([true, undefined]);
  });

  it('is looked at in the values of its parameters, too', async () => {
    const authorizer = testAuthorizer(harness);
    const event = authorizerEvent(harness, { stageVariables: { [STAGE_VARIABLES.backendKind]: 'url' } });
    await authorize(authorizer.dependencies, { ...event, pathParameters: { path: 'a/../b' } });
    expect(authorizer.logged).toMatchObject([{ reason: 'path_forbidden', status: 403 }]);
  });
});
