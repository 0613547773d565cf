/** Where the Admin API lives; WSO2's own path. */
export const ADMIN_BASE = '/api/am/admin/v4';

export const ADMIN_ROLES = ['administrator'] as const;
