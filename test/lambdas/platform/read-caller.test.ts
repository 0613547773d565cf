import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lambdas/core/http/fault.ts';
import { readCaller, type TokenRules } from '../../../lambdas/platform/http/read-caller.ts';
import { unsignedToken } from '../../support/unsigned-token.ts';

type Claims = Readonly<Record<string, unknown>>;

/** As API Gateway's JWT authorizer hands claims over: every value a text, of a list one with spaces. */
function flattened(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function call(
  claims: Claims,
  {
    rules = { rolesClaim: 'groups' },
    header = { alg: 'RS256' },
    headers = {},
    verified = flattened(claims),
  }: {
    rules?: TokenRules;
    header?: Claims;
    headers?: Record<string, string>;
    verified?: Record<string, string>;
  } = {},
) {
  const event: Pick<APIGatewayProxyEventV2WithJWTAuthorizer, 'headers' | 'requestContext'> = {
    headers: { authorization: `Bearer ${unsignedToken(claims, header)}`, ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'management',
      domainName: 'management.example',
      domainPrefix: 'management',
      http: { method: 'GET', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: 'GET /',
      stage: '$default',
      time: '01/Jan/2026:12:00:00 +0000',
      timeEpoch: 1_767_268_800_000,
      authorizer: { principalId: '', integrationLatency: 0, jwt: { claims: verified, scopes: [] } },
    },
  };
  return readCaller(event, rules);
}

const refusalOf = (...parameters: Parameters<typeof call>): unknown => {
  try {
    return call(...parameters);
  } catch (error) {
    return error instanceof Fault ? error.code : error;
  }
};

const ALICE = { sub: 'alice', iss: 'https://id.example.com' };
const rolesOf = (groups: unknown, rolesClaim = 'groups') => [
  ...call({ ...ALICE, [rolesClaim]: groups }, { rules: { rolesClaim } }).roles,
];

describe('the roles of a caller', () => {
  it.each([
    [
      ['developer', 'team'],
      ['developer', 'team'],
    ],
    [['read only administrator'], ['read only administrator']],
    [
      ['team red', 'developer'],
      ['team red', 'developer'],
    ],
    [['x] [administrator'], ['x] [administrator']],
    [['a,administrator'], ['a,administrator']],
    ['administrator', ['administrator']],
    ['read only administrator', ['read only administrator']],
    ['developer,administrator', ['developer,administrator']],
    [{ administrator: true }, []],
    [[['administrator'], 7, null, ''], []],
    [undefined, []],
  ])('are the entries of the list in the token: %j has %j', (groups, expected) => {
    expect(rolesOf(groups)).toEqual(expected);
  });

  it('never come from the text that API Gateway makes of a list', () => {
    const verified = flattened({ ...ALICE, groups: ['read only administrator'] });
    expect(verified['groups']).toBe('[read only administrator]');
    const { roles } = call({ ...ALICE, groups: ['read only administrator'] }, { verified });
    expect(roles.has('administrator')).toBe(false);
  });

  it('are several in a claim that is a list with spaces by its standard', () => {
    expect(rolesOf('openid developer', 'scope')).toEqual(['openid', 'developer']);
    expect(rolesOf(['developer'], 'scp')).toEqual(['developer']);
  });

  it('of a group with spaces in its name let act for just that group', () => {
    const group = (name: string) =>
      refusalOf({ ...ALICE, groups: ['team red', 'developer'] }, { headers: { 'x-keybound-group': name } });
    expect(group('team red')).toMatchObject({ caller: { subject: 'group:team red' } });
    expect(['team', 'red', 'developer'].map(group)).toEqual(['forbidden', 'forbidden', 'forbidden']);
  });
});

describe('the token of a caller', () => {
  it.each<[string, Claims, Parameters<typeof call>[1]]>([
    ['an ID token of Cognito', { token_use: 'id' }, {}],
    ['a token of Cognito for another use', { token_use: 'refresh' }, {}],
    ['a token that does not say what it is for', { token_use: undefined, aud: 'keybound' }, {}],
    [
      'an ID token where access tokens have a scope',
      { token_use: undefined, scope: 'openid profile' },
      { rules: { rolesClaim: 'groups', accessScope: 'keybound' } },
    ],
    [
      'an access token without the scope that they have',
      { scope: 'keybound.read openid' },
      { rules: { rolesClaim: 'groups', accessScope: 'keybound' } },
    ],
    [
      'an ID token of Cognito with the scope',
      { token_use: 'id', scope: 'keybound' },
      { rules: { rolesClaim: 'groups', accessScope: 'keybound' } },
    ],
    ['no token', {}, { headers: { authorization: '' } }],
    [
      'two tokens',
      {},
      { headers: { authorization: `Bearer ${unsignedToken(ALICE)},${unsignedToken(ALICE)}` } },
    ],
    ['another token than was verified', {}, { verified: { ...ALICE, sub: 'bob' } }],
    ['a token of another issuer than was verified', {}, { verified: { ...ALICE, iss: 'https://x.example' } }],
    ['a token whose subject is a group', { sub: 'group:team' }, {}],
  ])('is refused when it is %s', (_, claims, options) => {
    expect(refusalOf({ ...ALICE, groups: ['administrator'], ...claims }, options)).toBe('unauthenticated');
  });

  it.each<[string, Claims, Parameters<typeof call>[1]]>([
    ['an access token of Cognito', { token_use: 'access' }, {}],
    ['of the type of access tokens', { token_use: undefined }, { header: { alg: 'RS256', typ: 'at+JWT' } }],
    [
      'one with the scope in scope',
      { token_use: undefined, scope: 'openid keybound' },
      { rules: { rolesClaim: 'groups', accessScope: 'keybound' } },
    ],
    [
      'one with the scope in a list',
      { token_use: undefined, scp: ['keybound'] },
      { rules: { rolesClaim: 'groups', accessScope: 'keybound' } },
    ],
  ])('is taken when it is %s', (_, claims, options) => {
    expect(refusalOf({ ...ALICE, ...claims }, options)).toMatchObject({ caller: { subject: 'alice' } });
  });
});
