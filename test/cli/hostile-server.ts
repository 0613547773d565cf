import { once } from 'node:events';
import { createServer } from 'node:http';

/** A management API that says the same hostile text in every field of every answer. */
export interface HostileServer {
  readonly url: string;
  /** The id of everything that there is. */
  readonly id: string;
  /** An access token whose user is called so, too. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

const ID = '0b0f6a52-1111-4222-8333-444455556666';

export async function startHostileServer(text: string): Promise<HostileServer> {
  const refusal = { description: text, message: text, error: [{ code: text, message: text }] };
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    // Every ninth time it refuses: what it says then is shown in another way.
    const status = requests % 9 === 0 ? 409 : 200;
    const isList = /(?:s|associations|PRODUCTION|SANDBOX|subscription|application|audit)(?:\?.*)?$/.test(
      request.url ?? '',
    );
    // A refusal has a status that is a number; keys and subscriptions have one that is a word.
    const item = request.url?.includes('/refusals') === true ? { ...thing(text), status: 403 } : thing(text);
    const json = isList && request.method === 'GET' ? listOf(item, text) : item;
    response.writeHead(status, { 'content-type': 'application/json', etag: '"1"' });
    response.end(JSON.stringify(status === 200 ? json : refusal));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const claims = { sub: text, username: text, iss: text, 'cognito:groups': [text], exp: 4_102_444_800 };
  return {
    url: `http://127.0.0.1:${address.port}`,
    id: ID,
    token: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`,
    close: async () => {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}

function listOf(item: unknown, text: string): object {
  return { ...thing(text), count: 1, list: [item], pagination: { offset: 0, limit: 25, total: 1, next: '' } };
}

/** An API, an application, a key, a subscription, a policy, a refusal and a report in one. */
function thing(text: string): object {
  const names = [
    'name version context lifeCycleStatus description provider apiKeyHeader apiKeyQueryParameter',
    'throttlingPolicy tokenType status owner keyName keyType apiName associatedApp applicationName user',
    'policyName displayName stopReason rateLimitTimeUnit onCounterFailure actor actorName action resourceId',
    'sourceIp requestId reason code message rule ruleNote whatToChange policy apikey outcome',
  ];
  const seen = { apiId: text, apiName: text, environment: text, sourceIp: text, referrer: text };
  const refusal = {
    status: 403,
    code: text,
    message: text,
    description: text,
    whatToChange: text,
    reason: text,
  };
  return {
    ...Object.fromEntries(
      names
        .join(' ')
        .split(' ')
        .map((name) => [name, text]),
    ),
    ...Object.fromEntries(
      ['id', 'applicationId', 'keyUUID', 'subscriptionId', 'policyId', 'auditId'].map((name) => [name, ID]),
    ),
    apiId: ID,
    stackName: text,
    lifecycleState: { state: text },
    registered: true,
    releasedTo: text,
    apiUUID: ID,
    status: text,
    at: text,
    time: text,
    throttlingPolicies: [text],
    attributes: { [text]: text },
    metadata: { [text]: text },
    additionalProperties: { permittedIP: text, permittedReferer: text },
    values: [],
    warnings: [text],
    seen,
    key: { keyUUID: ID, keyName: text, status: text },
    refusal,
    allowed: false,
    steps: [{ check: text, outcome: text, reason: text, decides: true, saw: { [text]: text } }],
    totals: { calls: 1, statusClasses: { '2xx': 1, '3xx': 0, '4xx': 0, '5xx': 0 }, refusals: 1 },
    list: [{ start: text, environment: text, statusClass: text, calls: 1 }],
    refusals: [{ reason: text, code: text, refusals: 1 }],
    addresses: [{ address: text, calls: 1 }],
    revoked: 1,
    value: { state: text, issuedOn: 1, endsOn: null },
    progress: { seen: 1, found: 1, revoked: 1, alreadyEnded: 0, failed: 0 },
    count: 1,
    endpointURLs: [{ environmentName: text, environmentType: text, URLs: { https: text, http: text } }],
    apiInfo: { name: text, version: text },
    applicationInfo: { name: text },
  };
}
