import { errorCode } from '../error-code.ts';
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

/** In words, by what the codes of Node and its HTTP client begin with. */
const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^ECONNREFUSED/, 'nothing listens there'],
  [/^(?:ENOTFOUND|EAI_)/, 'there is no such name'],
  [/^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN)/, 'the network cannot reach it'],
  [/^(?:ETIMEDOUT|UND_ERR_\w*TIMEOUT)/, 'it does not answer'],
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH|UND_ERR_ABORTED)/,
    'the connection broke off',
  ],
  [/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/, 'its certificate is not trusted'],
  [/^(?:ERR_SSL|EPROTO)/, 'it does not speak valid TLS'],
  [/^(?:HPE_|UND_ERR_HEADERS)/, 'it does not speak valid HTTP'],
];

/** Says what went wrong, without the URL, whose query could be private, and without a library's wording. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MILLISECONDS / 1000} s`;
  const code = errorCode(error.cause);
  if (code === undefined) return 'the connection failed';
  const known = REASONS.find(([form]) => form.test(code));
  return known === undefined ? `the connection failed (${code})` : `${known[1]} (${code})`;
}
