/**
 * The template of one line of access log: JSON, without anything that could hold a key (`$context.path` has no
 * query string). `more`: fields beside those that every API logs.
 */
export function accessLogFormat(more: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    type: 'access',
    requestId: '$context.requestId',
    time: '$context.requestTimeEpoch',
    apiId: '$context.apiId',
    stage: '$context.stage',
    routeKey: '$context.routeKey',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    sourceIp: '$context.identity.sourceIp',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    error: '$context.error.message',
    authorizerError: '$context.authorizer.error',
    ...more,
  });
}
