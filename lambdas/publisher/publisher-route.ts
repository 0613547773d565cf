/** Where the Publisher API lives; WSO2's own path. */
export const PUBLISHER_BASE = '/api/am/publisher/v4';

export const PUBLISHER_ROLES = ['publisher', 'administrator'] as const;
