/**
 * The base paths of the management APIs, below the management URL. `ManagementApi` makes the routes of the gateway from
 * them, the functions the paths of their operations. The first three are WSO2's own.
 */
export const PORTAL_BASE = '/api/am/devportal/v3';
export const PUBLISHER_BASE = '/api/am/publisher/v4';
export const ADMIN_BASE = '/api/am/admin/v4';
/** For whoever holds the value of a key, and no token. */
export const HOLDER_BASE = '/api/keybound/v1';

/** The portal's routes that a catalogue needs which is shown without signing in. */
export const PUBLIC_PATHS = [
  '/apis',
  '/apis/{apiId}',
  '/apis/{apiId}/swagger',
  '/apis/{apiId}/subscription-policies',
  '/apis/{apiId}/thumbnail',
  '/tags',
  '/throttling-policies/{level}',
  '/throttling-policies/{level}/{policyName}',
  '/settings',
].map((path) => `${PORTAL_BASE}${path}`);
