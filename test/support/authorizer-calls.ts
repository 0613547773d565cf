import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { authorize, type AuthorizerDependencies } from '../../lambdas/functions/authorizer/authorize.ts';
import { wireAuthorizer } from '../../lambdas/functions/authorizer/wire-authorizer.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { readApiState } from '../../lambdas/platform/dynamodb/read-credential.ts';
import { readApplicationPolicy, readLimitingPolicy } from '../../lambdas/platform/dynamodb/read-policies.ts';
import type { LogEntry } from '../../lambdas/platform/log.ts';
import type { ManagementHarness } from './management-harness.ts';
import { TEST_TABLE_NAME } from './test-table.ts';

/** A call to a protected API as a test writes it; what is left out is an allowed call's. */
export interface ProtectedCall {
  readonly api?: 'pizza' | 'petstore';
  readonly environment?: 'PRODUCTION' | 'SANDBOX';
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
  /** Over those of the API; `undefined` takes one away. */
  readonly stageVariables?: Readonly<Record<string, string | undefined>>;
  readonly gatewayApiId?: string;
}

/** How the authorizer answered; `unauthorized`: it threw what API Gateway answers with 401. */
export type Outcome =
  | { readonly kind: 'allowed'; readonly context: unknown }
  | { readonly kind: 'forbidden'; readonly context: unknown }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'failed'; readonly message: string };

/** The authorizer on the table of a harness. */
export interface TestAuthorizer {
  readonly dependencies: AuthorizerDependencies;
  readonly logged: LogEntry[];
  readonly call: (call: ProtectedCall) => Promise<Outcome>;
  /** A call with a value in the header. */
  readonly present: (value: string, call?: ProtectedCall) => Promise<Outcome>;
  /** The reason that the newest line of log names, or `undefined` when the call wrote none. */
  readonly reasonOf: (value: string, call?: ProtectedCall) => Promise<unknown>;
}

export function testAuthorizer(
  harness: ManagementHarness,
  more: Partial<AuthorizerDependencies> = {},
): TestAuthorizer {
  const logged: LogEntry[] = [];
  const reads = { client: harness.table.client, tableName: TEST_TABLE_NAME };
  const dependencies: AuthorizerDependencies = {
    ...wireAuthorizer({
      ...reads,
      counterClient: reads.client,
      clock: () => harness.time.now,
      log: (entry) => void logged.push(entry),
    }),
    // Without what an instance remembers for five seconds: a test's clock may stand still.
    readApiState: (apiId) => readApiState(reads, apiId),
    readPolicy: (level, name) => readLimitingPolicy(reads, level, name),
    readApplicationPolicy: (owner, applicationId) => readApplicationPolicy(reads, owner, applicationId),
    ...more,
  };
  const call = (input: ProtectedCall) => outcomeOf(authorize(dependencies, authorizerEvent(harness, input)));
  const present = (value: string, input: ProtectedCall = {}) =>
    call({ ...input, headers: { ...input.headers, apikey: value } });
  return {
    dependencies,
    logged,
    call,
    present,
    reasonOf: async (value, input) => {
      const before = logged.length;
      await present(value, input);
      return logged.slice(before).at(-1)?.['reason'];
    },
  };
}

export async function outcomeOf(answer: ReturnType<typeof authorize>): Promise<Outcome> {
  try {
    const answered = await answer;
    if ('errorMessage' in answered) return { kind: 'unauthorized' };
    const { isAuthorized, context } = answered;
    return { kind: isAuthorized ? 'allowed' : 'forbidden', context };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not an Error';
    return message === 'Unauthorized' ? { kind: 'unauthorized' } : { kind: 'failed', message };
  }
}

/** The event of payload 2.0 that API Gateway would send for a call. */
export function authorizerEvent(
  harness: ManagementHarness,
  call: ProtectedCall,
): APIGatewayRequestAuthorizerEventV2 {
  const { api = 'pizza', environment = 'PRODUCTION', headers, query, sourceIp = '198.51.100.7' } = call;
  const stageVariables: Record<string, string> = {};
  const wanted: Record<string, string | undefined> = {
    [STAGE_VARIABLES.apiId]: harness.apis[api],
    [STAGE_VARIABLES.environment]: environment,
    [STAGE_VARIABLES.keyHeader]: 'apikey',
    [STAGE_VARIABLES.keyQueryParameter]: 'apikey',
    [STAGE_VARIABLES.subscription]: api === 'pizza' ? 'required' : 'optional',
    ...call.stageVariables,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) stageVariables[name] = value;
  }
  const gatewayApiId = call.gatewayApiId ?? (api === 'pizza' ? 'gw-pizzashackapi' : 'gw-petstore');
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:us-east-1:000000000000:${gatewayApiId}/production/GET/menu`,
    identitySource: [],
    routeKey: 'GET /menu',
    rawPath: '/production/menu',
    rawQueryString: new URLSearchParams(query).toString(),
    cookies: [],
    headers: { host: 'gateway.example', ...headers },
    ...(query !== undefined && { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: '000000000000',
      apiId: gatewayApiId,
      domainName: 'gateway.example',
      domainPrefix: 'gateway',
      http: { method: 'GET', path: '/production/menu', protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' },
      requestId: 'request-1',
      routeKey: 'GET /menu',
      stage: environment.toLowerCase(),
      time: '01/Jan/2026:12:00:00 +0000',
      timeEpoch: harness.time.now,
    },
    pathParameters: {},
    stageVariables,
  };
}
