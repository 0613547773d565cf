import type { KeyType } from '../../../lambdas/core/decision/credential.ts';
import { formatFreshness, type Freshness } from '../../../lambdas/core/decision/freshness.ts';
import { STAGE_VARIABLES } from '../../../lambdas/core/apis/stage-variables.ts';
import type { KeyedApiProps } from '../../constructs/keyed-api-props.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';
import { trustedProxyVariables } from '../../constructs/trusted-proxies.ts';

export const DEFAULT_FRESHNESS: Freshness = { mode: 'strict' };

/** The variables through which a stage tells the authorizer which API and environment was called, and by what rules. */
export function keyedStageVariables(
  props: KeyedApiProps,
  {
    apiId,
    keyType,
    location,
  }: { readonly apiId: string; readonly keyType: KeyType; readonly location: KeyLocation },
): Record<string, string> {
  return {
    [STAGE_VARIABLES.apiId]: apiId,
    [STAGE_VARIABLES.environment]: keyType,
    [STAGE_VARIABLES.subscription]: props.subscription,
    // Also what is the default: whether an update takes a variable off a stage that it no longer names is not documented.
    [STAGE_VARIABLES.freshness]: formatFreshness(props.freshness ?? DEFAULT_FRESHNESS),
    [STAGE_VARIABLES.importedKeys]: props.acceptImportedKeys === true ? 'accepted' : 'refused',
    ...trustedProxyVariables(props.trustedProxies),
    ...(location.header !== undefined && { [STAGE_VARIABLES.keyHeader]: location.header }),
    ...(location.queryParameter !== undefined && {
      [STAGE_VARIABLES.keyQueryParameter]: location.queryParameter,
    }),
  };
}
