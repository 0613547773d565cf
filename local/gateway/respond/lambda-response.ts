import { Buffer } from 'node:buffer';
import { validateHeaderName } from 'node:http';
import type { HeaderEntry, HttpResponse } from '../receive/http-message.ts';
import { isConnectionHeader, wireHeaderValue } from '../receive/header-rules.ts';
import type { JsonObject } from '../json-value.ts';
import { isArray, isJsonObject } from '../json-value.ts';

const JSON_TYPE: HeaderEntry = ['content-type', 'application/json'];
/** The content type of a response with a status code but without one (recorded behaviour of the real service). */
const DEFAULT_TYPE: HeaderEntry = ['content-type', 'text/plain; charset=utf-8'];

/**
 * The response that a function means under payload 2.0; undefined when it is malformed, which the client sees as 500.
 * Without `statusCode` the whole payload is the body of a 200: a text as it is, anything else as JSON.
 */
export function readLambdaResponseV2(payload: unknown): HttpResponse | undefined {
  if (isJsonObject(payload) && 'statusCode' in payload) return readResponse(payload, 'v2');
  // A handler that returns nothing is `null` to the runtime.
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
  return { status: 200, headers: [JSON_TYPE], body: Buffer.from(body) };
}

/** The response that a function means under payload 1.0; undefined when it is malformed: nothing is inferred. */
export function readLambdaResponseV1(payload: unknown): HttpResponse | undefined {
  return isJsonObject(payload) ? readResponse(payload, 'v1') : undefined;
}

function readResponse(payload: JsonObject, version: 'v1' | 'v2'): HttpResponse | undefined {
  const status = readStatus(payload['statusCode']);
  const body = readBody(payload['body'], payload['isBase64Encoded']);
  const headers = readHeaders(payload['headers']);
  const more =
    version === 'v1' ? readMultiValueHeaders(payload['multiValueHeaders']) : readCookies(payload['cookies']);
  if (status === undefined || body === undefined || headers === undefined || more === undefined) {
    return undefined;
  }
  // Under 1.0 the multi-value map wins over the single values of the same name.
  const named = new Set(more.map(([name]) => name));
  const single = version === 'v1' ? headers.filter(([name]) => !named.has(name)) : headers;
  const all = [...single, ...more].filter(([name]) => !isConnectionHeader(name) && name !== 'content-length');
  const typed = all.some(([name]) => name === 'content-type');
  return { status, headers: typed ? all : [...all, DEFAULT_TYPE], body };
}

function readStatus(value: unknown): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^[2-5]\d\d$/.test(text) ? Number(text) : undefined;
}

function readBody(body: unknown, isBase64Encoded: unknown): Buffer | undefined {
  const encoded = isBase64Encoded ?? false;
  if (typeof encoded !== 'boolean') return undefined;
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body !== 'string') return undefined;
  return Buffer.from(body, encoded ? 'base64' : 'utf8');
}

function readHeaders(headers: unknown): readonly HeaderEntry[] | undefined {
  if (headers === undefined || headers === null) return [];
  if (!isJsonObject(headers)) return undefined;
  return allOrNothing(Object.entries(headers).map(([name, value]) => headerEntry(name, value)));
}

function readMultiValueHeaders(headers: unknown): readonly HeaderEntry[] | undefined {
  if (headers === undefined || headers === null) return [];
  if (!isJsonObject(headers)) return undefined;
  return allOrNothing(
    Object.entries(headers).flatMap(([name, values]) =>
      isArray(values) ? values.map((value) => headerEntry(name, value)) : [undefined],
    ),
  );
}

function readCookies(cookies: unknown): readonly HeaderEntry[] | undefined {
  if (cookies === undefined || cookies === null) return [];
  if (!isArray(cookies)) return undefined;
  return allOrNothing(
    cookies.map((cookie) => (typeof cookie === 'string' ? headerEntry('set-cookie', cookie) : undefined)),
  );
}

function headerEntry(name: string, value: unknown): HeaderEntry | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  try {
    validateHeaderName(name);
  } catch {
    return undefined;
  }
  return [name.toLowerCase(), wireHeaderValue(String(value))];
}

function allOrNothing(entries: readonly (HeaderEntry | undefined)[]): readonly HeaderEntry[] | undefined {
  const valid = entries.filter((entry) => entry !== undefined);
  return valid.length === entries.length ? valid : undefined;
}
