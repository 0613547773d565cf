import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { answerQuery, queryError } from '../cloudformation/answer-query.ts';
import { createResponseUrls, RESPONSE_HOST, type ResponseReceiver } from '../cloudformation/response-urls.ts';
import type { StackRegistry } from '../cloudformation/stack-registry.ts';
import type { RedirectedHosts } from '../functions/redirect-hosts.ts';
import {
  handleControlPlane,
  handleGetApi,
  type ControlPlaneAnswer,
  type ControlPlaneTarget,
  type DescribedApi,
} from '../gateway/control-plane.ts';
import { accessKeyOf, type IamGuard } from '../iam/iam-guard.ts';
import { serviceAuthorizations } from '../iam/service-authorizations.ts';
import { readBody } from '../identity/read-body.ts';
import type { EventBuses } from './event-buses.ts';

/** The endpoint that functions reach in the place of AWS. */
export interface ServiceEndpoint {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** Redirects the requests of functions to AWS's own hosts. */
  readonly hosts: RedirectedHosts;
  readonly responses: ResponseReceiver;
  /** The gateway whose control plane functions can call, as soon as there is one. */
  attachGateway(gateway: ControlPlaneTarget): void;
  /** Hands over the event buses, as soon as they exist. */
  attachEventBuses(buses: EventBuses): void;
  close(): Promise<void>;
}

export interface ServiceEndpointOptions {
  readonly report: (text: string) => void;
  readonly stacks: StackRegistry;
  readonly describeApi: (apiId: string) => DescribedApi | undefined;
  /** Decides which calls are allowed; without it all are. */
  readonly guard?: IamGuard;
}

/** Where requests for `RESPONSE_HOST` arrive. */
const RESPONSE_PATH = '/custom-resource-responses';
const REQUEST_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Starts a loopback server that takes the answers of custom resources and events, tells of stacks and APIs, and runs the
 * few control-plane calls that there are. Anything else is refused with a text that names the call: nothing ever leaves for
 * the real AWS.
 */
export async function startServiceEndpoint({
  report,
  stacks,
  describeApi,
  guard,
}: ServiceEndpointOptions): Promise<ServiceEndpoint> {
  const responses = createResponseUrls();
  let gateway: ControlPlaneTarget | undefined;
  let buses: EventBuses | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const method = request.method ?? 'GET';
    const body = await readBody(request, REQUEST_LIMIT_BYTES);
    const responseTarget = (request.url ?? '').startsWith(RESPONSE_PATH)
      ? (request.url ?? '').slice(RESPONSE_PATH.length)
      : undefined;
    if (responseTarget !== undefined) {
      const isTaken = method === 'PUT' && body !== undefined && responses.receive(responseTarget, body);
      // As S3 answers to a URL whose signature it does not know.
      response.writeHead(isTaken ? 200 : 403).end();
      return;
    }
    const target = request.headers['x-amz-target'];
    const denial = guard?.refuse(
      accessKeyOf(request.headers.authorization),
      serviceAuthorizations({ method, path, target, body }, (name) => stacks.stack(name)?.stackId),
    );
    if (denial !== undefined) {
      refuse(
        response,
        denial === 'unknown' ? 'The security token included in the request is invalid.' : denial.message,
        isQuery(request),
      );
      return;
    }
    const query = isQuery(request) && body !== undefined ? answerQuery(body, stacks) : undefined;
    if (query !== undefined) {
      response.writeHead(query.status, { 'content-type': 'text/xml' }).end(query.body);
      return;
    }
    const described = handleGetApi(method, path, describeApi);
    if (described !== undefined) {
      answerRest(response, described);
      return;
    }
    const answer = gateway === undefined ? undefined : handleControlPlane(method, path, gateway);
    if (answer !== undefined) {
      answerRest(response, answer);
      return;
    }
    if (target === 'AWSEvents.PutEvents' && buses !== undefined && body !== undefined) {
      const { status, body: result } = buses.putEvents(body);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(result);
      return;
    }
    const call = `${method} ${path}${typeof target === 'string' ? ` (${target})` : ''}`;
    const message = `This call to AWS cannot be run on one machine: ${call}`;
    report(message);
    // 400, because SDKs try again after a 5xx.
    response
      .writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': 'NotSupportedLocally' })
      .end(JSON.stringify({ __type: 'NotSupportedLocally', message }));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    hosts: { [RESPONSE_HOST]: `${url}${RESPONSE_PATH}` },
    responses,
    attachGateway: (target) => {
      gateway = target;
    },
    attachEventBuses: (target) => {
      buses = target;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether a call speaks the query protocol: a form that names its action. */
function isQuery({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

function answerRest(response: ServerResponse, { status, body }: ControlPlaneAnswer): void {
  const error = status === 404 ? { 'x-amzn-errortype': 'NotFoundException' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...error }).end(body);
}

function refuse(response: ServerResponse, message: string, inXml: boolean): void {
  const type = 'AccessDeniedException';
  if (inXml) {
    response.writeHead(403, { 'content-type': 'text/xml' }).end(queryError('AccessDenied', message).body);
    return;
  }
  response
    .writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ __type: type, message }));
}
