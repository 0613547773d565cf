import { request, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { startRunner, type Runner, type RunnerOptions } from '../../local/runner.ts';
import { writeSampleAssembly, type SampleOptions } from './assembly/sample-assembly.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const ISSUER = 'http://localhost:9443';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** One request to loopback; `host` goes into the Host header, which `fetch` does not let one choose. */
export function send(
  port: number,
  path: string,
  options: { method?: string; host?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', host = `localhost:${port}`, headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parseJson(text) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a text says in JSON, or the text itself. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A runner of the sample assembly on free ports, in memory unless told otherwise; closed when the test has ended. */
export async function startSample(
  options: Partial<RunnerOptions> & { sample?: Partial<SampleOptions> } = {},
): Promise<Runner> {
  const { sample, ...rest } = options;
  const runner = await startRunner({
    assemblyDirectory: writeSampleAssembly(temporaryDirectory(), { issuer: ISSUER, ...sample }),
    issuer: ISSUER,
    ...rest,
  });
  onTestFinished(() => runner.close());
  return runner;
}

/** A request for one note of the sample's API, by the caller `me`. */
export const note = (runner: { gatewayPort: number }, id: string, options: Parameters<typeof send>[2] = {}) =>
  send(runner.gatewayPort, `/notes/1.0.0/notes/${id}`, {
    ...options,
    headers: { apikey: 'me', ...options.headers },
  });

export const putNote = (runner: { gatewayPort: number }, id: string, body: string) =>
  note(runner, id, { method: 'PUT', body });

export async function tokenFor(runner: Runner, username: string): Promise<string> {
  const { body } = await send(runner.managementPort, '/oauth2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=password&username=${username}&password=${username}`,
  });
  return z.object({ access_token: z.string() }).parse(body).access_token;
}
