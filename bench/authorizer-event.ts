import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { STAGE_VARIABLES } from '../lambdas/contract/stage-variables.ts';
import { API_ID, GATEWAY_API_ID } from './restricted-key.ts';

/** An authorizer's event (payload 2.0) of a call that presents `value` in the header `apikey`. `freshness`: as text. */
export function authorizerEvent(value: string, freshness = 'strict'): APIGatewayRequestAuthorizerEventV2 {
  const arn = `arn:aws:execute-api:eu-central-1:123456789012:${GATEWAY_API_ID}/production/GET/menu`;
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: arn,
    identitySource: [],
    routeKey: 'ANY /{proxy+}',
    rawPath: '/pizzashack/1.0.0/menu',
    rawQueryString: '',
    cookies: [],
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      apikey: value,
      'content-length': '0',
      host: 'api.example.com',
      referer: 'https://portal.example.com/orders/42',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-amzn-trace-id': 'Root=1-6720f1b2-0123456789abcdef01234567',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: GATEWAY_API_ID,
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: {
        method: 'GET',
        path: '/pizzashack/1.0.0/menu',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'ANY /{proxy+}',
      stage: 'production',
      time: '10/Mar/2026:10:15:00 +0000',
      timeEpoch: 1_773_137_700_000,
    },
    pathParameters: { proxy: 'menu' },
    stageVariables: {
      [STAGE_VARIABLES.apiId]: API_ID,
      [STAGE_VARIABLES.environment]: 'PRODUCTION',
      [STAGE_VARIABLES.freshness]: freshness,
      [STAGE_VARIABLES.keyHeader]: 'apikey',
      [STAGE_VARIABLES.keyQueryParameter]: 'apikey',
      [STAGE_VARIABLES.subscription]: 'required',
    },
  };
}
