export { ADMIN_BASE } from '../../contract/api-paths.ts';

export const ADMIN_ROLES = ['administrator'] as const;

/** For how long one request looks for what a list is to hold: well below the time-outs of the function and of API Gateway. */
export const LONGEST_STEP_MILLISECONDS = 5_000;
