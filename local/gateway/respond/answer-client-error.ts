import type { Duplex } from 'node:stream';
import type { ErrorStatus } from './error-response.ts';
import { errorResponse } from './error-response.ts';
import { newRequestId } from '../receive/request-id.ts';

const REASONS = { 400: 'Bad Request', 431: 'Request Header Fields Too Large' } as const;

/**
 * Answers bytes that are no HTTP request, on a connection that is closed then: 431 for a head beyond all limits,
 * 400 for the rest. A connection that is gone, or idle past the server's patience, gets nothing.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status: ErrorStatus & keyof typeof REASONS = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const { headers, body } = errorResponse(status, [['apigw-requestid', newRequestId()]]);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  );
}
