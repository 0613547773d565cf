import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { CommandFailure, usageFailure } from '../failures.ts';
import type { Http, HttpAnswer } from './http.ts';
import { foreignAnswer, refusalOf } from './refusal.ts';

/** The header that names the group that a request acts for. */
const GROUP_HEADER = 'x-keybound-group';
const ATTEMPTS = 3;
const PAUSE_MILLISECONDS = 1_000;
/** How often a step of long work is sent again, a second apart. */
const REPETITIONS = 20;
/** Most requests for one deletion. */
const DELETIONS = 20;

/** Where the management APIs live, below the management URL. */
export const PORTAL = '/api/am/devportal/v3';
export const ADMIN = '/api/am/admin/v4';
export const PUBLISHER = '/api/am/publisher/v4';
export const HOLDER = '/api/keybound/v1';

/** The value of a key, as the server makes them, anywhere in a text. */
const KEY_VALUE = /_(?:prod|sandbox)_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/;

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface RestRequest {
  /** With `query` in it or apart. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For an operation that wants no token. */
  readonly isAnonymous?: boolean;
}

/** The management API. Every method throws CommandFailure when the answer is not what was asked for. */
export interface RestClient {
  readonly get: (path: string, query?: Query) => Promise<unknown>;
  readonly post: (path: string, body?: unknown, query?: Query) => Promise<unknown>;
  /** A POST that makes something: sent again when no answer came, and still made once. */
  readonly create: (path: string, body: unknown) => Promise<unknown>;
  /** A POST that does the same however often it is sent: sent again when no answer came, or 5xx. */
  readonly repeat: (path: string, body: unknown, query?: Query) => Promise<unknown>;
  readonly patch: (path: string, body: unknown) => Promise<unknown>;
  /** Sent again as long as the server cannot do it all: 503. */
  readonly remove: (path: string) => Promise<unknown>;
  /**
   * Changes some fields of a resource: reads it, and writes it back only if nobody has changed it in between.
   * @param change makes the new body of what was read.
   */
  readonly change: (path: string, change: (current: unknown) => unknown) => Promise<unknown>;
  readonly send: (method: string, request: RestRequest) => Promise<HttpAnswer>;
}

export interface RestClientOptions {
  readonly url: string;
  readonly http: Http;
  /** @throws CommandFailure `notSignedIn`. */
  readonly accessToken: () => Promise<string>;
  /** The group that requests act for; absent: the signed-in user. */
  readonly group?: string | undefined;
}

export function createRestClient({ url, http, accessToken, group }: RestClientOptions): RestClient {
  const ask = async (method: string, request: RestRequest): Promise<HttpAnswer> =>
    http({
      method,
      url: addressOf(url, request),
      headers: {
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...(request.isAnonymous !== true && { authorization: `Bearer ${await accessToken()}` }),
        ...(group !== undefined && request.isAnonymous !== true && { [GROUP_HEADER]: group }),
        ...request.headers,
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
  const send = async (method: string, request: RestRequest): Promise<HttpAnswer> => {
    const answer = await ask(method, request);
    if (answer.status >= 300) throw refusalOf(answer, { url, isAnonymous: request.isAnonymous === true });
    return ours(answer);
  };
  /** A page of another site could be a 200, too, and be taken for what was asked for. */
  const ours = (answer: HttpAnswer): HttpAnswer => {
    const { status, headers, text, json } = answer;
    const isCsv = headers.get('content-type')?.startsWith('text/csv') === true;
    if (json === undefined && text.trim() !== '' && !isCsv) throw foreignAnswer(status, headers, url);
    return answer;
  };
  const jsonOf = async (answer: Promise<HttpAnswer>): Promise<unknown> => (await answer).json;
  return {
    send,
    get: (path, query = {}) => jsonOf(send('GET', { path, query })),
    post: (path, body, query = {}) =>
      jsonOf(send('POST', { path, query, ...(body !== undefined && { body }) })),
    create: (path, body) => {
      // The answer may hold a value that is never shown again, so losing it to the network would be a loss.
      const headers = { 'idempotency-key': randomUUID() };
      return jsonOf(insist(() => send('POST', { path, body, headers })));
    },
    repeat: async (path, body, query = {}) => {
      for (let attemptsLeft = REPETITIONS; ; attemptsLeft -= 1) {
        const isLast = attemptsLeft === 0;
        const answer = await ask('POST', { path, query, ...(body !== undefined && { body }) }).catch(
          (error: unknown) => {
            if (!(error instanceof CommandFailure) || error.kind !== 'network' || isLast) throw error;
            return undefined;
          },
        );
        if (answer !== undefined && answer.status < 300) return ours(answer).json;
        const isPassing = answer === undefined || answer.status === 429 || answer.status >= 500;
        if (answer !== undefined && (!isPassing || isLast)) {
          throw refusalOf(answer, { url, isAnonymous: false });
        }
        await sleep(PAUSE_MILLISECONDS);
      }
    },
    patch: (path, body) => jsonOf(send('PATCH', { path, body })),
    remove: async (path) => {
      for (let attemptsLeft = DELETIONS - 1; ; attemptsLeft -= 1) {
        const answer = await ask('DELETE', { path });
        if (answer.status < 300) return ours(answer).json;
        if (answer.status !== 503 || attemptsLeft === 0) throw refusalOf(answer, { url, isAnonymous: false });
        await sleep(PAUSE_MILLISECONDS);
      }
    },
    change: async (path, change) => {
      const { json, headers } = await send('GET', { path });
      const version = headers.get('etag');
      const condition = version === null ? {} : { headers: { 'if-match': version } };
      return jsonOf(send('PUT', { path, body: change(json), ...condition }));
    },
  };
}

/** Tries again, after a second, when no answer came. */
async function insist(attempt: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let attemptsLeft = ATTEMPTS - 1; ; attemptsLeft -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CommandFailure) || error.kind !== 'network' || attemptsLeft === 0) throw error;
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}

/**
 * What of an answer a command needs.
 * @throws CommandFailure `failed` when the answer has not got it: the server is another version, or none of ours.
 */
export function decode<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.join('.')).filter((path) => path !== '');
  throw new CommandFailure(
    'failed',
    'The server answered with something that this command does not understand.',
    [
      ...(fields.length === 0 ? [] : [`Missing or of another kind: ${fields.slice(0, 5).join(', ')}`]),
      '--json prints answers as they are.',
    ],
  );
}

/** The path of a resource, its ids escaped. */
export function pathOf(base: string, ...segments: readonly string[]): string {
  return [base, ...segments.map(encodeURIComponent)].join('/');
}

/** @throws CommandFailure `usage` when it would hold the value of a key: what lies on the way logs addresses. */
function addressOf(base: string, { path, query = {} }: RestRequest): string {
  const address = new URL(base + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  if (KEY_VALUE.test(address.href)) {
    throw usageFailure('This command takes no value of a key, which would be sent as part of an address.', [
      'Name a key by its id or name, and a refused call by the id of its request.',
    ]);
  }
  return address.href;
}
