/** Where the Developer Portal API lives; WSO2's own path. */
export const PORTAL_BASE = '/api/am/devportal/v3';

/** Whoever is signed in as a developer may call its operations: on what is that developer's own. */
export const PORTAL_ROLES = ['developer'] as const;
