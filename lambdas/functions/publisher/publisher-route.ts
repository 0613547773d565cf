export { PUBLISHER_BASE } from '../../contract/api-paths.ts';

/** The roles that the Publisher API is for. */
export const PUBLISHER_ROLES = ['publisher', 'administrator'] as const;
