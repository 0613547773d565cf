/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
const MOST_CHARACTERS = 1024;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const VARIABLES = new Set([
  'accountId',
  'apiId',
  'authorizer.error',
  'authorizer.principalId',
  'awsEndpointRequestId',
  'awsEndpointRequestId2',
  'customDomain.basePathMatched',
  'dataProcessed',
  'domainName',
  'domainPrefix',
  'error.message',
  'error.messageString',
  'error.responseType',
  'extendedRequestId',
  'httpMethod',
  'identity.accountId',
  'identity.caller',
  'identity.cognitoAuthenticationProvider',
  'identity.cognitoAuthenticationType',
  'identity.cognitoIdentityId',
  'identity.cognitoIdentityPoolId',
  'identity.principalOrgId',
  'identity.clientCert.clientCertPem',
  'identity.clientCert.subjectDN',
  'identity.clientCert.issuerDN',
  'identity.clientCert.serialNumber',
  'identity.clientCert.validity.notBefore',
  'identity.clientCert.validity.notAfter',
  'identity.sourceIp',
  'identity.user',
  'identity.userAgent',
  'identity.userArn',
  'integration.error',
  'integration.integrationStatus',
  'integration.latency',
  'integration.requestId',
  'integration.status',
  'integrationErrorMessage',
  'integrationLatency',
  'integrationStatus',
  'path',
  'protocol',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'responseLatency',
  'responseLength',
  'routeKey',
  'stage',
  'status',
]);

/** Why API Gateway refuses the format of a stage's access log, or undefined. */
export function accessLogFormatProblem(format: string): string | undefined {
  if (format.length > MOST_CHARACTERS) {
    return `has ${format.length} characters, of at most ${MOST_CHARACTERS}`;
  }
  if (/[\r\n]/.test(format)) return 'must be one line';
  const names = [...format.matchAll(/\$context\.(\w+(?:\.[\w-]+)*)/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => !VARIABLES.has(name) && !name.startsWith('authorizer.'));
  if (unknown !== undefined) return `has the unknown variable $context.${unknown}`;
  return names.includes('requestId') || names.includes('extendedRequestId')
    ? undefined
    : 'must have $context.requestId or $context.extendedRequestId';
}
