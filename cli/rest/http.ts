import { CommandFailure } from '../failures.ts';
import { parseJson } from '../parsing/parse-json.ts';

const TIMEOUT_MILLISECONDS = 30_000;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it is. */
  readonly text: string;
  /** The body as JSON; undefined when it is empty or something else. */
  readonly json: unknown;
}

/**
 * Sends one request; never follows a redirect, which could carry a secret elsewhere.
 * @throws CommandFailure `network` when there is no answer within 30 s.
 */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

export const sendHttp: Http = async ({ url, ...request }) => {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch (error) {
    throw new CommandFailure('network', `${new URL(url).origin} cannot be reached: ${reasonOf(error)}.`, [
      'Is --url (or KEYBOUND_URL) right, and is the server running?',
    ]);
  }
};

/** What went wrong, without the URL, whose query could hold what is private. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MILLISECONDS / 1000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError) return codeOf(cause) ?? 'the connection failed';
  return cause instanceof Error ? (codeOf(cause) ?? cause.message) : 'the connection failed';
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
