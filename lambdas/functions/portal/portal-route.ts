/** Where the Developer Portal API lives; WSO2's own path. */
export const PORTAL_BASE = '/api/am/devportal/v3';

export const PORTAL_API = {
  title: 'Keybound Developer Portal API',
  description: 'For developers: find APIs, subscribe applications to them, and manage API keys.',
  base: PORTAL_BASE,
} as const;

/** Whoever is signed in as a developer may call its operations: on what is that developer's own. */
export const PORTAL_ROLES = ['developer'] as const;

/** Paths of the public routes: what a catalogue needs that is shown without signing in. */
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

/** Administrators as well: they see why anybody's call was refused. */
export const EXPLAIN_ROLES = ['developer', 'administrator'] as const;
