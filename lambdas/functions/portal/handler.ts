import { managementHandler } from '../../management/frame/management-handler.ts';
import { portalRoutes } from './routes.ts';

/** Set by the stack together with the routes that want no token. Anything else: every route wants one. */
const isAnonymous = process.env['ANONYMOUS_CATALOGUE'] === 'true';

export const handler = managementHandler(
  (management) => portalRoutes(management, { isAnonymous }),
  process.env,
  { isAnonymous },
);
