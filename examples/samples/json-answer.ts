import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A JSON answer of a sample backend. */
export function jsonAnswer(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
