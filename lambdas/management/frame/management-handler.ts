import { KEY_PREFIX } from '../../core/keys/key-value.ts';
import { readOwnerLimits } from '../../core/limits/owner-limits.ts';
import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { matching, readEnvironment, text } from '../../platform/env.ts';
import { readCaller } from '../../platform/http/read-caller.ts';
import type { Route } from '../../platform/http/route.ts';
import { serveRoutes } from '../../platform/http/serve-routes.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import type { Management } from './management.ts';

/**
 * The Lambda handler of one management API. `isAnonymous`: whether its public routes want no token.
 * @throws Error that names every variable of the environment that is missing or wrong.
 */
export function managementHandler(
  routes: (management: Management) => readonly Route[],
  environment: Readonly<Record<string, string | undefined>>,
  { isAnonymous = false }: { readonly isAnonymous?: boolean } = {},
) {
  const { TABLE_NAME, KEY_VALUE_PREFIX, ROLES_CLAIM, OWNER_LIMITS } = readEnvironment(environment, {
    TABLE_NAME: text,
    KEY_VALUE_PREFIX: matching(KEY_PREFIX),
    ROLES_CLAIM: text,
    OWNER_LIMITS: (limits) => readOwnerLimits(limits),
  });
  const management: Management = {
    store: createStore(TABLE_NAME, systemClock),
    clock: systemClock,
    keyPrefix: KEY_VALUE_PREFIX,
    ownerLimits: OWNER_LIMITS,
    log: logToStandardOutput,
  };
  const accessScope = environment['ACCESS_SCOPE'] ?? '';
  const tokenRules = { rolesClaim: ROLES_CLAIM, ...(accessScope !== '' && { accessScope }) };
  return serveRoutes(routes(management), {
    identify: (event) => Promise.resolve(readCaller(event, tokenRules)),
    log: logToStandardOutput,
    isAnonymous,
  });
}
