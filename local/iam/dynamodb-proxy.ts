import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseJson } from '../parse-json.ts';
import type { TableDefinition } from '../dynamodb/table-definition.ts';
import { dynamoDbAuthorizations, type AuthorizedTable } from './dynamodb-authorizations.ts';
import { accessKeyOf, type IamGuard } from './iam-guard.ts';

/** Stands before a DynamoDB endpoint and lets pass what the caller's role allows. */
export interface DynamoDbProxy {
  readonly url: string;
  /** Policies name tables by ARN, and conditions the values of their keys. */
  addTable(table: AuthorizedTable | TableDefinition): void;
  close(): Promise<void>;
}

/** The access key of whoever may do everything: engines keep tables apart by it, and check no signature. */
const FORWARDED_AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local';

export async function startDynamoDbProxy(endpoint: string, guard: IamGuard): Promise<DynamoDbProxy> {
  const tables = new Map<string, AuthorizedTable>();
  const agent = new Agent({ keepAlive: true });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target.split('.').at(-1) ?? '';
    const accessKeyId = accessKeyOf(request.headers.authorization);
    const requests = dynamoDbAuthorizations(operation, parseJson(body.toString('utf8')), tables);
    const denial = guard.refuse(accessKeyId, requests);
    if (denial === 'unknown') {
      refuse(
        response,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    } else if (denial !== undefined) {
      refuse(response, 'AccessDeniedException', denial.message);
    } else {
      await forward(request, body, response);
    }
  };

  const forward = async (request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> => {
    const { host: _host, authorization: _authorization, ...headers } = request.headers;
    const sent = sendRequest(new URL(request.url ?? '/', endpoint), {
      agent,
      method: request.method ?? 'POST',
      headers: { ...headers, authorization: FORWARDED_AUTHORIZATION },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject);
    });
    sent.end(body);
    const answer = await answered;
    const content = await buffer(answer);
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    addTable: (table) => void tables.set(table.tableName, table),
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, type: string, message: string): void {
  response
    .writeHead(400, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type })
    .end(JSON.stringify({ __type: `com.amazon.coral.service#${type}`, Message: message, message }));
}
