import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import type { Management } from '../../lambdas/management/frame/management.ts';
import { readCaller } from '../../lambdas/platform/http/read-caller.ts';
import { parseJson } from '../../lambdas/platform/parse-json.ts';
import { seedPolicies } from '../../lambdas/functions/registrar/seed-policies.ts';
import { registerApi } from '../../lambdas/functions/registrar/register-api.ts';
import type { Registration } from '../../lambdas/contract/registration.ts';
import type { LogEntry } from '../../lambdas/platform/log.ts';
import { serveRoutes } from '../../lambdas/platform/http/serve-routes.ts';
import type { TableUser } from '../../lib/internal/core/table-rights.ts';
import { managementApis, type ManagementApi } from '../../scripts/management-apis.ts';
import { answerChecker } from './check-answer.ts';
import { enforceRoles, type EnforcedTable } from './enforced-roles.ts';
import { unsignedToken } from './unsigned-token.ts';
import { openTestTable } from './test-table.ts';

/** A request as a test writes it. */
export interface TestRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON is made of it, unless it is text. */
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
  /** The claims that the JWT authorizer would have verified; `undefined`: none. */
  readonly claims?: Readonly<Record<string, string>> | undefined;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: unknown;
}

/**
 * The handlers of the management APIs on a real table, called as API Gateway calls them. Each answer must be one
 * that its route and the OpenAPI document declare: otherwise `send` throws.
 */
export interface ManagementHarness {
  /** Requests reach it in the role of the function that answers them, the test itself in none. */
  readonly table: EnforcedTable;
  readonly management: Management;
  readonly logged: LogEntry[];
  /** Milliseconds since the epoch; tests may move it. */
  readonly time: { now: number };
  /** The ids of two registered APIs. */
  readonly apis: { readonly pizza: string; readonly petstore: string };
  readonly send: (request: TestRequest) => Promise<TestAnswer>;
  /** The same as a signed-in developer, or with other roles. */
  readonly as: (user: string, ...roles: string[]) => (request: TestRequest) => Promise<TestAnswer>;
  readonly close: () => Promise<void>;
}

export const TEST_STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Samples/1';
export const TEST_CALLER = { subject: 'test', name: 'test', sourceIp: '127.0.0.1', requestId: 'test' };

/** `isAnonymous`: whether public routes are served without claims. */
export async function openManagementHarness({
  isAnonymous = false,
}: { readonly isAnonymous?: boolean } = {}): Promise<ManagementHarness> {
  const time = { now: Date.parse('2026-01-01T12:00:00Z') };
  const clock = () => time.now;
  const table = await enforceRoles(openTestTable(clock));
  const management: Management = { store: table.store, clock, keyPrefix: 'kb' };
  const logged: LogEntry[] = [];
  const log = (entry: LogEntry) => void logged.push(entry);
  const settings = {
    identify: (event: APIGatewayProxyEventV2WithJWTAuthorizer) =>
      Promise.resolve(readCaller(event, { rolesClaim: 'cognito:groups' })),
    log,
    isAnonymous,
  };
  await seedPolicies(table.store);
  const policies = ['Bronze', 'Gold', 'Unlimited'];
  const served = managementApis(management).map(({ name, api, routes }) => ({
    base: api.base,
    user: FUNCTION_OF[name],
    handler: serveRoutes(routes, settings),
    check: answerChecker(api, routes),
  }));

  async function send(request: TestRequest): Promise<TestAnswer> {
    const { handler, check, user } =
      served.find(({ base }) => request.path.startsWith(`${base}/`)) ?? fallback(served);
    const event = eventOf(request);
    const {
      statusCode: status = 0,
      headers = {},
      body = '',
    } = await table.as(user, () => handler(event, lambdaContext()));
    const answer = { status, headers, text: body, json: parseJson(body) };
    const problems = check({
      method: request.method ?? 'GET',
      path: request.path,
      sent: parseJson(bodyOf(event)),
      ...answer,
    });
    if (problems.length > 0) throw new Error(`undeclared answer: ${problems.join('; ')}`);
    return answer;
  }

  return {
    table,
    management,
    logged,
    time,
    apis: {
      pizza: await registerTestApi(management, 'PizzaShackAPI', { requiresSubscription: true, policies }),
      petstore: await registerTestApi(management, 'Petstore', { requiresSubscription: false, policies }),
    },
    send,
    as:
      (user, ...roles) =>
      (request) =>
        send({
          ...request,
          claims: {
            sub: `sub-${user}`,
            username: user,
            'cognito:groups': `[${(roles.length > 0 ? roles : ['developer']).join(' ')}]`,
          },
        }),
    close: () => table.close(),
  };
}

/** Whose role a management API has. */
const FUNCTION_OF = {
  portal: 'Portal',
  admin: 'Admin',
  publisher: 'Publisher',
  holder: 'Holder',
} as const satisfies Record<ManagementApi['name'], TableUser>;

/** Paths of no API go to the first: each must refuse what it does not know. */
function fallback<T>([first]: readonly T[]): T {
  if (first === undefined) throw new Error('there is no management API');
  return first;
}

/** Registers an API, or registers it again. */
export async function registerTestApi(
  { store, clock }: Pick<Management, 'store' | 'clock'>,
  name: string,
  settings: Pick<Registration, 'requiresSubscription' | 'policies' | 'freshness' | 'tags'> &
    Partial<Pick<Registration, 'approvesSubscriptions'>>,
): Promise<string> {
  const stack = { stackId: TEST_STACK, stackName: 'Samples' };
  const result = await registerApi(
    { store, clock, caller: TEST_CALLER, stack },
    {
      name,
      version: '1.0.0',
      context: `/${name.toLowerCase()}/1.0.0`,
      description: `The API ${name}`,
      provider: 'Tests',
      approvesSubscriptions: false,
      acceptsImportedKeys: true,
      initialLifecycle: 'PUBLISHED',
      keyHeader: 'apikey',
      gatewayApiId: `gw-${name.toLowerCase()}`,
      productionUrl: `https://gateway.example/${name}`,
      sandboxUrl: `https://sandbox.example/${name}`,
      definition: '{"openapi":"3.0.3"}',
      ...settings,
    },
  );
  if (!result.registered) throw new Error(result.reason);
  return result.apiId;
}

function eventOf(request: TestRequest): APIGatewayProxyEventV2WithJWTAuthorizer {
  const { method = 'GET', path, query, headers = {}, body, isBase64Encoded = false, claims } = request;
  const routeKey = `${method} ${path.split('/').slice(0, 5).join('/')}/{proxy+}`;
  const event = {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      'content-type': 'application/json',
      ...(claims !== undefined && { authorization: `Bearer ${unsignedToken(claims)}` }),
      ...headers,
    },
    ...(query !== undefined && { queryStringParameters: { ...query } }),
    pathParameters: { proxy: path.split('/').slice(5).join('/') },
    requestContext: {
      accountId: '000000000000',
      apiId: 'management',
      domainName: 'management.example',
      domainPrefix: 'management',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:12:00:00 +0000',
      timeEpoch: 1_767_268_800_000,
      authorizer: { principalId: '', integrationLatency: 0, jwt: { claims: { ...claims }, scopes: [] } },
    },
    isBase64Encoded,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
  return event;
}

function lambdaContext(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '256',
    awsRequestId: 'lambda-1',
    logGroupName: 'test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 60_000,
    /* eslint-disable @typescript-eslint/no-deprecated -- the type still asks for them */
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
    /* eslint-enable @typescript-eslint/no-deprecated */
  };
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2WithJWTAuthorizer): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}
