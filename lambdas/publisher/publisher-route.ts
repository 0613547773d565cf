/** Where the Publisher API lives; WSO2's own path. */
export const PUBLISHER_BASE = '/api/am/publisher/v4';
/** The roles that the Publisher API is for. */
export const PUBLISHER_ROLES = ['publisher', 'administrator'] as const;
