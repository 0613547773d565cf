import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Answers with the whole event, and with the environment that the function serves. */
export const handler = (event: APIGatewayProxyEventV2) => ({
  environment: process.env['ECHO_ENVIRONMENT'],
  event,
});
