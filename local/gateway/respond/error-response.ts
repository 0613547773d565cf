import { Buffer } from 'node:buffer';
import type { HeaderEntry, HttpResponse } from '../receive/http-message.ts';

/** Every status that API Gateway answers by itself, with the message that stands in the fixed JSON body. */
const MESSAGES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type ErrorStatus = keyof typeof MESSAGES;

/** The `message` of the body that API Gateway answers with: nothing can customise it on HTTP APIs. */
export function errorMessage(status: ErrorStatus): string {
  return MESSAGES[status];
}

/** `{"message":"Not Found"}` and its kind. */
export function errorResponse(status: ErrorStatus, headers: readonly HeaderEntry[] = []): HttpResponse {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: Buffer.from(`{"message":"${MESSAGES[status]}"}`),
  };
}
