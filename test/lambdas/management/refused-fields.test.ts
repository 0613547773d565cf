import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL } from '../../support/portal-user.ts';

let harness: ManagementHarness;

beforeAll(async () => (harness = await openManagementHarness()));
afterAll(() => harness.close());

const Refusal = z.strictObject({
  code: z.literal(400),
  message: z.literal('Bad Request'),
  description: z.literal('The request is not valid.'),
  moreInfo: z.literal(''),
  error: z.array(z.strictObject({ code: z.literal('400'), message: z.string() })),
});

/** What is wrong with a request to an API, field by field. */
async function problemsOf(
  path: string,
  sent: { readonly body?: unknown; readonly query?: Record<string, string> },
) {
  const method = 'body' in sent ? 'POST' : 'GET';
  const answer = await harness.as('alice', 'developer', 'administrator')({ method, path, ...sent });
  expect(answer.status).toBe(400);
  return Refusal.parse(answer.json).error.map(({ message }) => message);
}

const APPLICATIONS = `${PORTAL}/applications`;
const POLICIES = `${ADMIN}/throttling/policies/subscription`;
const BULK = `${ADMIN}/api-keys/bulk-revoke`;
const named = { name: 'One', throttlingPolicy: 'Unlimited' };
const limit = (requestCount: unknown, type: unknown = 'REQUESTCOUNTLIMIT') => ({
  policyName: 'One',
  defaultLimit: { type, requestCount },
});

describe('a field that is wrong', () => {
  it.each<readonly [string, unknown, readonly string[]]>([
    [APPLICATIONS, [], ['body: must be an object']],
    [APPLICATIONS, 'text', ['body: must be an object']],
    [APPLICATIONS, {}, ['name: is required', 'throttlingPolicy: is required']],
    [
      APPLICATIONS,
      { ...named, name: 7, tokenType: 'SAML', attributes: 'none' },
      ['name: must be a text', 'tokenType: must be JWT or OAUTH', 'attributes: must be an object'],
    ],
    [APPLICATIONS, { ...named, name: 'x'.repeat(101) }, ['name: must have at most 100 characters']],
    [APPLICATIONS, { ...named, attributes: { colour: 7 } }, ['attributes.colour: must be a text']],
    [APPLICATIONS, { ...named, attributes: { '': 'x' } }, ['attributes: each name must not be empty']],
    [
      APPLICATIONS,
      { ...named, nmae: 'Two' },
      [expect.stringMatching(/^"nmae" is not known here; known: name, throttlingPolicy, description, /)],
    ],
    [
      POLICIES,
      limit({}, 'BANDWIDTH').defaultLimit,
      [
        'policyName: is required',
        expect.stringMatching(/^"requestCount" is not known here; known: policyName, /),
      ],
    ],
    [
      POLICIES,
      limit({ timeUnit: 'fortnight', unitTime: 1.5, requestCount: 0 }, 'BANDWIDTH'),
      [
        'defaultLimit.type: must be REQUESTCOUNTLIMIT',
        expect.stringMatching(/^defaultLimit.requestCount.timeUnit: must be one of sec, second, /),
        'defaultLimit.requestCount.unitTime: must be a whole number',
        'defaultLimit.requestCount.requestCount: must be at least 1',
      ],
    ],
    [
      POLICIES,
      { ...limit({ timeUnit: 'min', unitTime: 1001, requestCount: 'all' }), stopOnQuotaReach: 'yes' },
      [
        'defaultLimit.requestCount.unitTime: must be at most 1000',
        'defaultLimit.requestCount.requestCount: must be a whole number',
        'stopOnQuotaReach: must be true or false',
      ],
    ],
    [BULK, { filter: { owner: 'alice' }, dryRun: 1 }, ['dryRun: must be true or false']],
    [BULK, { filter: { createdBefore: -1 } }, ['filter.createdBefore: must be at least 0']],
    [
      BULK,
      { filter: { key: 1 } },
      [expect.stringMatching(/^filter: "key" is not known here; known: owner, /)],
    ],
  ])('of a body sent to %s is named with what is expected: %j', async (path, body, problems) => {
    expect(await problemsOf(path, { body: JSON.stringify(body) })).toEqual(problems);
  });

  it.each<readonly [string, Record<string, string>, readonly string[]]>([
    [
      APPLICATIONS,
      { limit: '0', offset: 'x' },
      ['limit: must be at least 1', 'offset: must be a whole number from 0'],
    ],
    [APPLICATIONS, { sortBy: 'colour' }, ['sortBy: must be one of name, throttlingPolicy, status']],
    [`${ADMIN}/usage/apis`, { format: 'xml' }, ['format: must be json or csv']],
  ])('of a query sent to %s is named with what is expected: %j', async (path, query, problems) => {
    expect(await problemsOf(path, { query })).toEqual(problems);
  });

  it('is not named when its name could be a secret', async () => {
    const secret = createKeyValue('kb', 'PRODUCTION');
    const others = [
      secret,
      'AKIAIOSFODNN7EXAMPLE',
      'x'.repeat(20),
      'valueOf1ExportedKey0123456789ABCDEFGHIJ',
    ];
    for (const name of others) {
      const problems = await problemsOf(APPLICATIONS, { body: { ...named, [name]: 1 } });
      expect(problems.join()).not.toContain(name);
      expect(problems.join()).toContain('"…" is not known here');
      const attributes = await problemsOf(APPLICATIONS, { body: { ...named, attributes: { [name]: 1 } } });
      expect(attributes.join()).not.toContain(name);
    }
    const attributes = { [secret]: '1' };
    expect(await problemsOf(APPLICATIONS, { body: { ...named, attributes } })).toEqual([
      'attributes: each name must not hold the value of a key',
    ]);
  });
});
