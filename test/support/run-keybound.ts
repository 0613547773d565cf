import { resolve } from 'node:path';
import { inject } from 'vitest';
import { z } from 'zod';
import { createHttpClient, type HttpAnswer, type HttpClient } from '../../local/demo/http-client.ts';
import { signIn } from '../../local/demo/sign-in.ts';
import {
  localContext,
  startRunner,
  type Runner,
  type RunnerLine,
  type RunnerOptions,
} from '../../local/runner.ts';
import { TEST_ISSUER } from './synthesize-once.ts';

export const PORTAL = '/api/am/devportal/v3';
export const ADMIN = '/api/am/admin/v4';
/** The header that the test runner takes the client address from. */
export const SOURCE_IP_HEADER = 'x-test-source-ip';

/** A running Keybound, and the requests that journeys make of it. */
export interface RunningKeybound {
  readonly runner: Runner;
  readonly http: HttpClient;
  /** Every line of log so far. */
  readonly lines: readonly RunnerLine[];
  readonly token: (user: string) => Promise<string>;
  /** A management request as a demo user. */
  readonly manage: (user: string, method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
  /** Ids by name. */
  readonly apiId: (name: string) => Promise<string>;
  /** Generates a key of an API for a user. */
  readonly generate: (
    user: string,
    apiId: string,
    body?: object,
  ) => Promise<{ keyUUID: string; apikey: string }>;
  /** A subscribed application of a user. */
  readonly subscriber: (user: string, apiId: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
const Apis = z.object({ list: z.array(z.object({ id: z.string(), name: z.string() })) });
const Application = z.object({ applicationId: z.string() });

let applications = 0;

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs the core and the samples, or another app of the project, in memory on free ports. */
export async function runKeybound(options: Partial<RunnerOptions> = {}): Promise<RunningKeybound> {
  const lines: RunnerLine[] = [];
  const runner = await startRunner({
    directory: ROOT,
    context: localContext,
    // A kept data directory spares an app that has not changed.
    sources: [ROOT],
    sourceIpHeader: SOURCE_IP_HEADER,
    writeLine: (line) => void lines.push(line),
    ...(options.app === undefined && { assemblyDirectory: inject('assembly'), issuer: TEST_ISSUER }),
    ...options,
  });
  const http = createHttpClient();
  const tokens = new Map<string, Promise<string>>();
  const token = (user: string) => {
    const known = tokens.get(user) ?? signIn(http, runner.managementUrl, user);
    tokens.set(user, known);
    return known;
  };
  const manage = async (user: string, method: string, path: string, body?: unknown) =>
    http.send({
      method,
      url: `${runner.managementUrl}${path}`,
      headers: { authorization: `Bearer ${await token(user)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    runner,
    http,
    lines,
    token,
    manage,
    apiId: async (name) => {
      const { list } = Apis.parse((await manage('alice', 'GET', `${PORTAL}/apis`)).json);
      const api = list.find((candidate) => candidate.name === name);
      if (api === undefined) throw new Error(`no API ${name}`);
      return api.id;
    },
    generate: async (user, apiId, body = {}) =>
      Issued.parse((await manage(user, 'POST', `${PORTAL}/apis/${apiId}/api-keys/generate`, body)).json),
    subscriber: async (user, apiId) => {
      applications += 1;
      const answer = await manage(user, 'POST', `${PORTAL}/applications`, {
        name: `Application ${applications}`,
        throttlingPolicy: 'Unlimited',
      });
      const { applicationId } = Application.parse(answer.json);
      await manage(user, 'POST', `${PORTAL}/subscriptions`, {
        applicationId,
        apiId,
        throttlingPolicy: 'Unlimited',
      });
      return applicationId;
    },
    close: async () => {
      http.close();
      await runner.close();
      // What a role lacks shows here by name, whatever the journey was about.
      const denials = runner.denials();
      if (denials.length > 0) throw new Error(`roles do not allow: ${denials.join('; ')}`);
    },
  };
}
