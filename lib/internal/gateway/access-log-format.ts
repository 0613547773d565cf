/** What every line of access log says of its `type`. */
export const ACCESS_LINE = 'access';

/**
 * The template of one line of access log: JSON. `more`: fields beside those that every API logs, before them. What usage
 * is counted from must hold nothing that clients or developers choose freely: see `LOGGED_FIELDS`. Nor an error's text, which
 * can quote anything: the authorizer logs its own with the request's id. What API Gateway says of errors itself is fixed.
 * `stage`: what lines say of the stage, by which calls are counted for an environment.
 */
export function accessLogFormat(more: Readonly<Record<string, string>>, stage = '$context.stage'): string {
  return JSON.stringify({
    ...more,
    type: ACCESS_LINE,
    requestId: '$context.requestId',
    time: '$context.requestTimeEpoch',
    apiId: '$context.apiId',
    stage,
    routeKey: '$context.routeKey',
    method: '$context.httpMethod',
    status: '$context.status',
    sourceIp: '$context.identity.sourceIp',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    error: '$context.error.message',
  });
}
