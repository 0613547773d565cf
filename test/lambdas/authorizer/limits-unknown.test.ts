import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import type { ManagementHarness } from '../../support/management-harness.ts';
import {
  lastPolicy,
  limit,
  openLimitedCalls,
  outcomesOf,
  reasonOf,
  type LimitedCalls,
} from './limited-calls.ts';

let limited: LimitedCalls;
let harness: ManagementHarness;
let subscriber: LimitedCalls['subscriber'];
let authorizer: TestAuthorizer;

beforeAll(async () => {
  limited = await openLimitedCalls();
  ({ harness, subscriber } = limited);
});
afterAll(() => harness.close());
beforeEach(() => {
  authorizer = limited.anew();
});

const outcomes = (...values: readonly string[]) => outcomesOf(authorizer, values);

describe('a counter that does not answer', () => {
  const dynamo = () => mockClient(harness.table.client);
  let mock: ReturnType<typeof dynamo> | undefined;
  afterEach(() => mock?.restore());

  /** Lets the counters fail, and nothing else. */
  function failCounters(): void {
    const { client } = harness.table;
    const send = client.send.bind(client);
    mock = dynamo();
    mock.on(UpdateItemCommand).rejects(new Error('the counter is away'));
    mock.on(GetItemCommand).callsFake((input: object) => {
      mock?.restore();
      const answer = send(new GetItemCommand(z.custom<GetItemCommand['input']>().parse(input)));
      failCounters();
      return answer;
    });
  }

  it('refuses by default', async () => {
    const { value } = await subscriber(limit(5));
    failCounters();
    expect(await outcomes(value)).toEqual(['limit_unknown']);
    expect(authorizer.logged).toMatchObject([
      { level: 'WARN', type: 'limits_unavailable', onCounterFailure: 'REFUSE', policy: lastPolicy() },
      { type: 'refusal', reason: 'limit_unknown', status: 503 },
    ]);
  });

  it('lets calls through where the policy says so, and the grant and the log say that they were not counted', async () => {
    const { value } = await subscriber({ ...limit(1), onCounterFailure: 'ADMIT' });
    failCounters();
    for (let call = 0; call < 3; call += 1) {
      expect(await authorizer.present(value)).toMatchObject({
        kind: 'allowed',
        context: { limits: 'unknown' },
      });
    }
    expect(authorizer.logged).toMatchObject(
      Array.from({ length: 3 }, () => ({ type: 'limits_unavailable', onCounterFailure: 'ADMIT' })),
    );
  });

  it('refuses when only one of two policies lets calls through', async () => {
    const { value } = await subscriber({ ...limit(1), onCounterFailure: 'ADMIT' }, limit(5));
    failCounters();
    expect(await outcomes(value)).toEqual(['limit_unknown']);
  });
});

describe('what is not there', () => {
  it('makes no decision: a policy that vanished is a fault', async () => {
    const { value } = await subscriber(limit(5));
    const lost = testAuthorizer(harness, { readPolicy: () => Promise.resolve(undefined) });
    expect((await lost.present(value)).kind).toBe('failed');
  });

  it('refuses: an application that is being deleted', async () => {
    const { value } = await subscriber(limit(5));
    const lost = testAuthorizer(harness, { readApplicationPolicy: () => Promise.resolve(undefined) });
    expect(reasonOf(await lost.present(value))).toBe('application_missing');
  });

  it('is found again each time: a finite limit is refused where the gateway repeats decisions', async () => {
    const { value } = await subscriber(limit(5));
    const outcome = await authorizer.present(value, { stageVariables: { keyboundFreshness: 'gateway:60' } });
    expect(reasonOf(outcome)).toBe('mode_unenforceable');
  });
});
