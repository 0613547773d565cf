import { Buffer } from 'node:buffer';
import type { HeaderEntry, HttpResponse } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';
import { wireHeaderValue } from '../receive/header-rules.ts';
import type { CorsConfiguration } from '../model.ts';

/**
 * The answer to a preflight, or undefined when the request is none (an OPTIONS request without `Origin` or
 * `Access-Control-Request-Method` takes the way of every request). An origin that is not allowed gets the same 204
 * without CORS headers, and the browser refuses.
 */
export function preflightResponse(
  cors: CorsConfiguration | undefined,
  method: string,
  headers: readonly HeaderEntry[],
): HttpResponse | undefined {
  const origin = joinedHeader(headers, 'origin');
  const asked = joinedHeader(headers, 'access-control-request-method');
  if (cors === undefined || method !== 'OPTIONS' || origin === undefined || asked === undefined) {
    return undefined;
  }
  const allowed = allowedOrigin(cors, origin);
  if (allowed === undefined) return { status: 204, headers: [], body: Buffer.alloc(0) };
  return {
    status: 204,
    headers: [
      ['access-control-allow-origin', allowed],
      ...listHeader('access-control-allow-methods', cors.allowMethods),
      ...listHeader('access-control-allow-headers', cors.allowHeaders),
      ...credentialsHeader(cors),
      ...(cors.maxAgeSeconds === undefined
        ? []
        : [['access-control-max-age', String(cors.maxAgeSeconds)] as const]),
    ],
    body: Buffer.alloc(0),
  };
}

/**
 * The headers of an integration's response under a CORS configuration: its own CORS headers are ignored, the
 * configured ones are added when the request names an allowed origin (AWS: "Configure CORS for HTTP APIs").
 */
export function withCorsHeaders(
  cors: CorsConfiguration | undefined,
  requestHeaders: readonly HeaderEntry[],
  responseHeaders: readonly HeaderEntry[],
): readonly HeaderEntry[] {
  if (cors === undefined) return responseHeaders;
  const own = responseHeaders.filter(([name]) => !name.startsWith('access-control-'));
  const origin = joinedHeader(requestHeaders, 'origin');
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
  if (allowed === undefined) return own;
  return [
    ...own,
    ['access-control-allow-origin', allowed],
    ...listHeader('access-control-expose-headers', cors.exposeHeaders),
    ...credentialsHeader(cors),
  ];
}

// `https://*` allows every origin of that scheme.
function allowedOrigin(cors: CorsConfiguration, origin: string): string | undefined {
  if (cors.allowOrigins.includes('*')) return '*';
  const wanted = origin.toLowerCase();
  const matches = cors.allowOrigins.some((entry) => {
    const allowed = entry.toLowerCase();
    return allowed.endsWith('://*') ? wanted.startsWith(allowed.slice(0, -1)) : allowed === wanted;
  });
  return matches ? wireHeaderValue(origin) : undefined;
}

function listHeader(name: string, values: readonly string[]): readonly HeaderEntry[] {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}

function credentialsHeader(cors: CorsConfiguration): readonly HeaderEntry[] {
  return cors.allowCredentials ? [['access-control-allow-credentials', 'true']] : [];
}
