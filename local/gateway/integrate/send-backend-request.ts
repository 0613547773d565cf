import type { Buffer } from 'node:buffer';
import http from 'node:http';
import https from 'node:https';
import { messageOf } from '../../message-of.ts';
import { collectBody } from '../receive/collect-body.ts';
import type { HeaderEntry } from '../receive/http-message.ts';
import type { BackendRequest } from './backend-request.ts';
import { isConnectionHeader } from '../receive/header-rules.ts';
import type { IntegrationResult } from './integration-result.ts';
import { MAX_PAYLOAD_BYTES } from '../receive/limits.ts';

/** Sends requests to HTTP backends over kept-alive connections. */
export interface BackendClient {
  send(request: BackendRequest, body: Buffer, timeoutMilliseconds: number): Promise<IntegrationResult>;
  close(): void;
}

/** A time-out, a connection that fails and a broken answer are 503; an answer beyond the payload limit is 500. */
export function createBackendClient(): BackendClient {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  return {
    send: (request, body, timeoutMilliseconds) => exchange(request, body, timeoutMilliseconds, agents),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function exchange(
  request: BackendRequest,
  body: Buffer,
  timeoutMilliseconds: number,
  agents: { readonly http: http.Agent; readonly https: https.Agent },
): Promise<IntegrationResult> {
  return new Promise((resolve) => {
    const { secure, hostname, port, method, path } = request;
    const options: https.RequestOptions = {
      hostname,
      ...(port === undefined ? {} : { port }),
      method,
      path,
      headers: request.headers.flat(),
      agent: secure ? agents.https : agents.http,
      signal: AbortSignal.timeout(timeoutMilliseconds),
    };
    const fail = (error: unknown): void => resolve({ failed: 503, error: messageOf(error) });
    const outgoing = (secure ? https : http).request(options, (response) => {
      collectBody(response, MAX_PAYLOAD_BYTES).then((received) => {
        if (received === 'too large') {
          outgoing.destroy();
          resolve({ failed: 500, error: 'The response of the backend is too large' });
        } else {
          const status = response.statusCode ?? 500;
          resolve({ status, headers: responseHeaders(response.rawHeaders), body: received });
        }
      }, fail);
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

function responseHeaders(raw: readonly string[]): HeaderEntry[] {
  const entries: HeaderEntry[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    if (!isConnectionHeader(name) && name !== 'content-length') entries.push([name, raw[index + 1] ?? '']);
  }
  return entries;
}
