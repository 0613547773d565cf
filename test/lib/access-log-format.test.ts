import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { grantOf } from '../../lambdas/contract/grant.ts';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { readLines } from '../../lambdas/functions/usage/read-lines.ts';
import { LOGGED_FIELDS } from '../../lambdas/contract/access-line.ts';
import type { ReadStack } from './read-stack.ts';
import { CORE, synthesize, Variables } from './shop-api.ts';
import { credentialWith } from '../support/credential-with.ts';

const { stack } = synthesize();

const CREDENTIAL = credentialWith({ issuedAtEpochMilliseconds: 1 });

describe('the access log', () => {
  const Settings = z.object({ DestinationArn: z.string(), Format: z.string() });
  const settings = stack
    .ofType('AWS::ApiGatewayV2::Stage')
    .map(({ properties }) => Settings.parse(properties['AccessLogSettings']));
  const format = Variables.parse(JSON.parse(settings[0]?.Format ?? ''));

  it('is the same for both stages, in one group, and short enough for API Gateway', () => {
    expect(settings).toHaveLength(2);
    expect(settings[1]).toEqual(settings[0]);
    expect(settings[0]?.DestinationArn).toBe('${Shop/AccessLogs.Arn}');
    expect(settings[0]?.Format.length).toBeLessThan(3 * 1024);
  });

  it('says who called', () => {
    expect(format).toMatchObject(
      Object.fromEntries(
        Object.entries(LOGGED_FIELDS).map(([name, field]) => [name, `$context.authorizer.${field}`]),
      ),
    );
    expect(format['requestId']).toBe('$context.requestId');
    expect(format['status']).toBe('$context.status');
  });

  it('has nothing that a client could have put a key into: no path, no query string, no header', () => {
    const variables = Object.entries(format).filter(([name]) => name !== 'type' && name !== 'apiUUID');
    expect(variables.length).toBeGreaterThan(10);
    const known = [
      'apiId',
      'error.message',
      'httpMethod',
      'identity.sourceIp',
      'integrationLatency',
      'requestId',
      'requestTimeEpoch',
      'responseLatency',
      'responseLength',
      'routeKey',
      'stage',
      'status',
      ...Object.values(LOGGED_FIELDS).map((field) => `authorizer.${field}`),
    ].map((name) => `$context.${name}`);
    expect(variables.filter(([, variable]) => !known.includes(variable))).toEqual([]);
  });

  it('goes to a group of the name that API Gateway need not add to the policy of the account', () => {
    const name = (read: ReadStack) => read.at('Shop/AccessLogs').properties['LogGroupName'];
    expect(name(stack)).toMatch(/^\/aws\/vendedlogs\/keybound\/Shop-[0-9A-F]+$/);
    expect(name(synthesize({ subscription: 'optional' }).stack)).toBe(name(stack));
  });

  it("says Keybound's id of the API, and what kind of line it is", () => {
    expect(format).toMatchObject({ apiUUID: apiIdOf('Shop', '2.0.1'), type: 'access' });
  });

  it.each([
    '"',
    '\\',
    '\n',
    '\u001b[2J',
    '\u0085',
    '\u202e',
    '\ud800',
    'ä',
    '","type":"other',
    '","keyUUID":"other',
  ])(
    'tells of the call of a key, whose owner and plan are named %j, though API Gateway does not escape values',
    (name) => {
      const grant: Readonly<Record<string, string>> = {
        ...grantOf(
          {
            ...CREDENTIAL,
            keyName: name,
            owner: `group:${name}`,
            subscription: { subscriptionId: CREDENTIAL.keyUUID, status: 'UNBLOCKED', policy: name },
          },
          'none',
        ),
      };
      const rest: Readonly<Record<string, string>> = {
        requestTimeEpoch: '1767268800',
        stage: 'production',
        status: '200',
        'identity.sourceIp': '192.0.2.7',
      };
      const message = (settings[0]?.Format ?? '').replaceAll(
        /\$context\.(?:authorizer\.)?([\w.]+)/g,
        (_, variable: string) => grant[variable] ?? rest[variable] ?? '-',
      );
      expect(
        readLines([{ id: '1', timestamp: 1_767_268_801_000, message }], { apiId: apiIdOf('Shop', '2.0.1') }),
      ).toMatchObject({
        malformed: 0,
        calls: [{ key: { keyUUID: CREDENTIAL.keyUUID }, apiId: apiIdOf('Shop', '2.0.1') }],
      });
    },
  );

  it('goes to the recorder of usage, with calls that the authorizer refused', () => {
    const filters = stack.ofType('AWS::Logs::SubscriptionFilter').map(({ properties }) => properties);
    expect(filters).toEqual([
      {
        DestinationArn: CORE.usageArn,
        FilterPattern: '{ $.type = "access" }',
        LogGroupName: '${Shop/AccessLogs}',
      },
    ]);
  });

  it('is kept for three months, or as long as the properties say', () => {
    expect(stack.at('Shop/AccessLogs').properties['RetentionInDays']).toBe(90);
    const { stack: short } = synthesize({ logRetention: RetentionDays.ONE_DAY });
    expect(short.at('Shop/AccessLogs').properties['RetentionInDays']).toBe(1);
  });
});
