import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { ResponseReceiver } from '../assembly/custom-resources.ts';
import { handleControlPlane, type ControlPlaneTarget } from '../gateway/control-plane.ts';
import { readBody } from '../identity/read-body.ts';
import type { EventBuses } from './event-buses.ts';

/** What functions reach in the place of AWS. */
export interface ServiceEndpoint {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly responses: ResponseReceiver;
  /** The gateway whose control plane functions can call, as soon as there is one. */
  attachGateway(gateway: ControlPlaneTarget): void;
  /** What takes events, as soon as it is there. */
  attachEventBuses(buses: EventBuses): void;
  close(): Promise<void>;
}

const REQUEST_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Starts a loopback server that takes the answers of custom resources and events, and runs the few control-plane
 * calls that there are. Anything else is refused with a text that names the call: nothing ever leaves for the real AWS.
 */
export async function startServiceEndpoint(report: (text: string) => void): Promise<ServiceEndpoint> {
  const expected = new Map<string, (body: string) => void>();
  let gateway: ControlPlaneTarget | undefined;
  let buses: EventBuses | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const method = request.method ?? 'GET';
    const body = await readBody(request, REQUEST_LIMIT_BYTES);
    const requestId = /^\/custom-resource-responses\/([\w-]+)$/.exec(path)?.[1] ?? '';
    const settle = expected.get(requestId);
    if (settle !== undefined && method === 'PUT' && body !== undefined) {
      settle(body);
      response.writeHead(200).end();
      return;
    }
    const answer = gateway === undefined ? undefined : handleControlPlane(method, path, gateway);
    if (answer !== undefined) {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      return;
    }
    const target = request.headers['x-amz-target'];
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
    responses: {
      expect(requestId) {
        const body = new Promise<string>((resolve) => expected.set(requestId, resolve));
        return {
          url: `${url}/custom-resource-responses/${requestId}`,
          body,
          cancel: () => expected.delete(requestId),
        };
      },
    },
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
