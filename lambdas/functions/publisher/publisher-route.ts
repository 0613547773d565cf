/** Base path of the Publisher API; WSO2's own. */
export const PUBLISHER_BASE = '/api/am/publisher/v4';
/** The roles that the Publisher API is for. */
export const PUBLISHER_ROLES = ['publisher', 'administrator'] as const;
