import { request as overHttp, type IncomingHttpHeaders } from 'node:http';
import { request as overHttps } from 'node:https';

export interface RawRequest {
  readonly method?: string;
  /** With the path exactly as it is to be sent: `//`, `..` and broken escapes are what some claims are about. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const TIMEOUT_MILLISECONDS = 35_000;

/** Sends one request without tidying its address up, as `fetch` would. */
export function sendRaw({ method = 'GET', url, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const parts = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url);
  if (parts === null) return Promise.reject(new Error(`${url} is not an address`));
  const [, scheme, hostname, port, path = '/'] = parts;
  const request = scheme === 'https' ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        ...(port !== undefined && { port: Number(port) }),
        path,
        method,
        headers,
        agent: false,
        timeout: TIMEOUT_MILLISECONDS,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${hostname ?? url} did not answer in time`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
