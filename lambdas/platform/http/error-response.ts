import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Fault, FAULTS, Unfinished } from '../../core/http/fault.ts';
import { isThrottle } from '../dynamodb/is-throttle.ts';
import { OutcomeUnknown, TableBusy } from '../dynamodb/write-errors.ts';
import { describeError, type Log } from '../log.ts';

/**
 * Answers an error with WSO2's error entity. A `Fault` says what the caller did wrong; anything else is ours: a
 * fixed text with the request id, and its cause only in the log.
 */
export function errorResponse(
  error: unknown,
  requestId: string,
  log: Log,
): APIGatewayProxyStructuredResultV2 {
  if (error instanceof Fault) return faultResponse(error);
  if (error instanceof Unfinished && error.cause === undefined) return unfinishedResponse(error);
  log({ level: 'ERROR', type: 'management_fault', requestId, ...describeError(error) });
  if (error instanceof Unfinished) return unfinishedResponse(error);
  if (error instanceof TableBusy || isThrottle(error)) {
    return faultResponse(
      new Fault('unavailable', 'The table is busy. Nothing was written; try again shortly.'),
    );
  }
  return json(500, {
    code: 500,
    message: 'Internal Server Error',
    description: `${
      error instanceof OutcomeUnknown
        ? 'The table did not answer in time: whether the change was made is not known. Read the resource before you try again, or repeat the request with its Idempotency-Key.'
        : 'Something went wrong on our side; nothing was changed.'
    } Ask your operator about request ${requestId}.`,
    moreInfo: '',
    error: [],
  });
}

function unfinishedResponse({ message }: Unfinished): APIGatewayProxyStructuredResultV2 {
  return faultResponse(new Fault('unavailable', message));
}

function faultResponse(fault: Fault): APIGatewayProxyStructuredResultV2 {
  const { status, title } = FAULTS[fault.code];
  return json(
    status,
    {
      code: status,
      message: title,
      description: fault.message,
      moreInfo: '',
      error: fault.problems.map(({ field, message }) => ({
        code: String(status),
        message: field === '' ? message : `${field}: ${message}`,
      })),
    },
    fault.allowedMethods.length > 0 ? { allow: fault.allowedMethods.join(', ') } : {},
  );
}

/** A JSON answer. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
