/** What a control-plane operation answers; the body of a 204 is empty. */
export interface ControlPlaneAnswer {
  readonly status: 204 | 404;
  readonly body: string;
}

/** What the control plane does to a gateway. */
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

// SDKs send the stage `$default` as `%24default`.
function decodeSegment(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
