/** The answer of a control-plane operation; the body of a 204 is empty. */
export interface ControlPlaneAnswer {
  readonly status: 200 | 204 | 404;
  readonly body: string;
}

/** The operations of the control plane on a gateway. */
export interface ControlPlaneTarget {
  hasStage(apiId: string, stage: string): boolean;
  resetAuthorizersCache(apiId: string, stage: string): void;
}

/**
 * Handles `DELETE /v2/apis/{apiId}/stages/{stage}/cache/authorizers` (ResetAuthorizersCache): 204, or 404 for a stage
 * that does not exist. Undefined for any other operation, so that a server can mount handlers one after another.
 */
export function handleControlPlane(
  method: string,
  path: string,
  target: ControlPlaneTarget,
): ControlPlaneAnswer | undefined {
  const match = /^\/v2\/apis\/(?<apiId>[^/]+)\/stages\/(?<stage>[^/]+)\/cache\/authorizers$/.exec(path);
  const apiId = match?.groups?.['apiId'];
  const stage = decodeSegment(match?.groups?.['stage']);
  if (method !== 'DELETE' || apiId === undefined || stage === undefined) return undefined;
  if (!target.hasStage(apiId, stage)) {
    return {
      status: 404,
      body: JSON.stringify({ message: `Invalid stage identifier specified ${apiId}:${stage}` }),
    };
  }
  target.resetAuthorizersCache(apiId, stage);
  return { status: 204, body: '' };
}

/** An HTTP API as the control plane tells of it. */
export interface DescribedApi {
  readonly apiId: string;
  readonly apiEndpoint: string;
  /** With those that CloudFormation sets. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Handles `GET /v2/apis/{apiId}` (GetApi): 200, or 404 for an API that does not exist. Undefined for any other operation.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html
 */
export function handleGetApi(
  method: string,
  path: string,
  find: (apiId: string) => DescribedApi | undefined,
): ControlPlaneAnswer | undefined {
  const apiId = decodeSegment(/^\/v2\/apis\/([^/]+)$/.exec(path)?.[1]);
  if (method !== 'GET' || apiId === undefined) return undefined;
  const api = find(apiId);
  return api === undefined
    ? { status: 404, body: JSON.stringify({ message: `Invalid API identifier specified ${apiId}` }) }
    : { status: 200, body: JSON.stringify({ ...api, protocolType: 'HTTP' }) };
}

// SDKs send the stage `$default` as `%24default`.
function decodeSegment(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
