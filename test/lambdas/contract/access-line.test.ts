import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protectedAccessLogFormat, readAccessLine } from '../../../lambdas/contract/access-line.ts';
import { grantOf, NO_GRANT, type Grant } from '../../../lambdas/contract/grant.ts';
import { STAGE_NAMES } from '../../../lambdas/core/decision/environment.ts';
import { statusClassOf } from '../../../lambdas/core/usage/call-counts.ts';
import { parseJson } from '../../../lambdas/platform/parse-json.ts';
import { anything, epochMilliseconds, epochSeconds, keyType, oddText, uuid } from './arbitraries.ts';

const API = '3f2504e0-4f89-81d3-9a0c-0305e82c3301';

/** As API Gateway fills a template: values stand there as they are, `-` for what the request does not have. */
function filled(format: string, grant: Partial<Grant>, request: Readonly<Record<string, string>>): unknown {
  const values: Readonly<Record<string, string>> = { ...grant };
  return parseJson(
    format.replaceAll(
      /\$context\.(authorizer\.)?([\w.]+)/g,
      (_, of: string | undefined, name: string) => (of === undefined ? request[name] : values[name]) ?? '-',
    ),
  );
}

const request = fc.record({
  seconds: epochSeconds,
  environment: keyType,
  status: fc.constantFrom(200, 204, 302, 401, 403, 429, 500, 503),
  sourceIp: fc.oneof(fc.ipV4(), fc.ipV6()),
});

const call = fc.record({
  ...{ request, keyUUID: uuid, owner: oddText, keyName: oddText, issuedAt: epochMilliseconds },
  applicationId: fc.option(uuid, { nil: undefined }),
  subscription: fc.option(
    fc.record({ subscriptionId: uuid, status: fc.constant('UNBLOCKED' as const), policy: oddText }),
    { nil: undefined },
  ),
});

function variablesOf({
  seconds,
  environment,
  status,
  sourceIp,
}: typeof request extends fc.Arbitrary<infer T> ? T : never) {
  return {
    requestId: 'JKJaXmPLvHcESHA=',
    requestTimeEpoch: String(seconds),
    stage: STAGE_NAMES[environment],
    status: String(status),
    'identity.sourceIp': sourceIp,
    routeKey: 'GET /menu',
    httpMethod: 'GET',
  };
}

describe('a line of access log', () => {
  it('tells whose key was used, whatever the owner, the key and the plan are called', () => {
    fc.assert(
      fc.property(
        call,
        ({ request: made, keyUUID, owner, keyName, issuedAt, applicationId, subscription }) => {
          const grant = grantOf(
            {
              ...{ keyUUID, keyName, owner, keyType: made.environment, status: 'ACTIVE' },
              ...{ issuedAtEpochMilliseconds: issuedAt, permittedIp: [], permittedReferrer: [] },
              ...(applicationId !== undefined && { applicationId }),
              ...(subscription !== undefined && { subscription }),
            },
            'none',
          );
          expect(
            readAccessLine(filled(protectedAccessLogFormat(API), grant, variablesOf(made)), API),
          ).toEqual({
            at: made.seconds * 1_000,
            environment: made.environment,
            statusClass: statusClassOf(made.status),
            apiId: API,
            sourceIp: made.sourceIp,
            key: { keyUUID, applicationId, valueIssuedOn: String(issuedAt) },
          });
        },
      ),
    );
  });

  it('tells of a refused call, and of one without a decision, without a key', () => {
    fc.assert(
      fc.property(request, fc.constantFrom(NO_GRANT, {}), (made, grant) => {
        const line = filled(protectedAccessLogFormat(API), grant, variablesOf(made));
        expect(readAccessLine(line, API)).toMatchObject({ apiId: API, key: undefined });
      }),
    );
  });

  it('is as deployed APIs write it', () => {
    expect(protectedAccessLogFormat(API)).toBe(
      [
        '{"keyUUID":"$context.authorizer.keyUUID","keyType":"$context.authorizer.keyType"',
        '"owner":"$context.authorizer.ownerInLog","applicationId":"$context.authorizer.applicationId"',
        '"subscriptionId":"$context.authorizer.subscriptionId"',
        '"subscriptionPolicy":"$context.authorizer.policyInLog"',
        '"valueIssuedOn":"$context.authorizer.valueIssuedOn","limits":"$context.authorizer.limits"',
        `"apiUUID":"${API}","type":"access","requestId":"$context.requestId"`,
        '"time":"$context.requestTimeEpoch","apiId":"$context.apiId","stage":"$context.stage"',
        '"routeKey":"$context.routeKey","method":"$context.httpMethod","status":"$context.status"',
        '"sourceIp":"$context.identity.sourceIp","responseLength":"$context.responseLength"',
        '"responseLatency":"$context.responseLatency"',
        '"integrationLatency":"$context.integrationLatency","error":"$context.error.message"}',
      ].join(','),
    );
    expect(
      readAccessLine(
        {
          type: 'access',
          keyUUID: '0f0e0d0c-0000-4000-8000-000000000000',
          applicationId: 'none',
          valueIssuedOn: '7',
          time: '1767268800',
          stage: 'sandbox',
          status: '404',
          sourceIp: '192.0.2.7',
        },
        API,
      ),
    ).toEqual({
      at: 1_767_268_800_000,
      environment: 'SANDBOX',
      statusClass: '4xx',
      apiId: API,
      sourceIp: '192.0.2.7',
      key: { keyUUID: '0f0e0d0c-0000-4000-8000-000000000000', applicationId: undefined, valueIssuedOn: '7' },
    });
  });

  it('of another API is none', () => {
    const line = filled(
      protectedAccessLogFormat('11111111-2222-8333-8444-555555555555'),
      NO_GRANT,
      variablesOf({ seconds: 1, environment: 'SANDBOX', status: 200, sourceIp: '192.0.2.7' }),
    );
    expect(readAccessLine(line, '11111111-2222-8333-8444-555555555555')).toBeDefined();
    expect(readAccessLine(line, API)).toBeUndefined();
  });

  it('cannot be made of anything else', () => {
    const names = ['type', 'time', 'stage', 'status', 'sourceIp'];
    fc.assert(
      fc.property(anything(['keyUUID', 'apiUUID', 'applicationId', 'valueIssuedOn', ...names]), (line) => {
        expect(readAccessLine(line, API)).toBeUndefined();
      }),
    );
  });
});
