import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createHttpClient, type HttpAnswer } from './http-client.ts';
import { signIn } from './sign-in.ts';

/** Where the walk-through sends its requests. */
export interface DemoTarget {
  readonly managementUrl: string;
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
}

interface Step {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly expect: number;
  /** Asks again for some seconds until the answer is as expected: what is read from logs takes a moment. */
  readonly isPatient?: boolean;
}

/** Sends the requests of a walk-through, prints each with its answer, and notes what was not as expected. */
export interface Narrator {
  readonly chapter: (title: string) => void;
  /** A request to a management API as a demo user. */
  readonly manage: (user: string, path: string, step: Step) => Promise<unknown>;
  /** A request to a protected API; resolves with the id that API Gateway gave it. */
  readonly call: (url: string, step: Step) => Promise<string>;
  readonly failures: () => readonly string[];
  readonly close: () => void;
}

const LONGEST_PRINTED_BODY = 400;
/** The headers of refused and limited calls. */
const PRINTED_HEADERS = ['retry-after', 'ratelimit', 'ratelimit-policy', 'www-authenticate'];
const PATIENCE_MILLISECONDS = 10_000;
const PAUSE_MILLISECONDS = 100;
/** A key value, wherever it stands: only its first characters are ever printed. */
const KEY_VALUE = /([a-z][a-z0-9]*_(?:prod|sandbox)_[0-9A-Za-z]{4})[0-9A-Za-z]{39}_[0-9A-Za-z]{6}/g;

export function createNarrator(target: DemoTarget, print: (line: string) => void): Narrator {
  const http = createHttpClient();
  const tokens = new Map<string, string>();
  const failures: string[] = [];
  const say = (line: string) => print(line.replaceAll(KEY_VALUE, '$1…'));

  async function send(
    url: string,
    { method = 'GET', headers = {}, body, expect, isPatient = false }: Step,
    more: Record<string, string>,
  ): Promise<HttpAnswer> {
    say(`→ ${method} ${url}`);
    for (const [name, value] of Object.entries(headers)) say(`  ${name}: ${value}`);
    if (body !== undefined) say(`  ${JSON.stringify(body)}`);
    const ask = () =>
      http.send({
        method,
        url,
        headers: { ...headers, ...more, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const until = performance.now() + (isPatient ? PATIENCE_MILLISECONDS : 0);
    let answer = await ask();
    while (answer.status !== expect && performance.now() < until) {
      await delay(PAUSE_MILLISECONDS);
      answer = await ask();
    }
    report(answer, expect, `${method} ${url}`);
    return answer;
  }

  function report({ status, headers, text }: HttpAnswer, expected: number, what: string): void {
    const shown = text.length > LONGEST_PRINTED_BODY ? `${text.slice(0, LONGEST_PRINTED_BODY)}…` : text;
    say(`← ${status}${shown === '' ? '' : ` ${shown}`}`);
    for (const name of PRINTED_HEADERS) {
      const value = headers[name];
      if (value !== undefined) say(`  ${name}: ${String(value)}`);
    }
    if (status === expected) return;
    const failure = `${what} answered ${status} instead of ${expected}`;
    failures.push(failure.replaceAll(KEY_VALUE, '$1…'));
    say(`  ✗ expected ${expected}`);
  }

  return {
    chapter: (title) => print(`\n── ${title}`),
    manage: async (user, path, step) => {
      const token = tokens.get(user) ?? (await signIn(http, target.managementUrl, user));
      tokens.set(user, token);
      const { json } = await send(`${target.managementUrl}${path}`, step, {
        authorization: `Bearer ${token}`,
      });
      return json;
    },
    call: async (url, step) => String((await send(url, step, {})).headers['apigw-requestid']),
    failures: () => failures,
    close: http.close,
  };
}

const Api = z.object({ id: z.string(), name: z.string() });
const ApiList = z.object({ list: z.array(Api) });
const Application = z.object({ applicationId: z.string() });
const Policy = z.object({ policyId: z.string() });
const IssuedKey = z.object({ keyUUID: z.string(), apikey: z.string() });

/** Finds in an answer what later steps need. */
export const pick = {
  apiId: (answer: unknown, name: string): string => {
    const api = ApiList.parse(answer).list.find((candidate) => candidate.name === name);
    if (api === undefined) throw new Error(`the API ${name} is not listed`);
    return api.id;
  },
  applicationId: (answer: unknown): string => Application.parse(answer).applicationId,
  policyId: (answer: unknown): string => Policy.parse(answer).policyId,
  issuedKey: (answer: unknown): { readonly keyUUID: string; readonly apikey: string } =>
    IssuedKey.parse(answer),
};
