import { PORTAL_BASE } from '../../contract/api-paths.ts';

export { PORTAL_BASE };

export const PORTAL_API = {
  title: 'Keybound Developer Portal API',
  description: 'For developers: find APIs, subscribe applications to them, and manage API keys.',
  base: PORTAL_BASE,
} as const;

/** Whoever is signed in as a developer may call its operations: on what is that developer's own. */
export const PORTAL_ROLES = ['developer'] as const;

/** Administrators as well: they see why anybody's call was refused. */
export const EXPLAIN_ROLES = ['developer', 'administrator'] as const;
