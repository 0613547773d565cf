import { writeStageVariables, type StagedApi } from '../../../lambdas/contract/stage-variables.ts';
import type { Freshness } from '../../../lambdas/core/decision/freshness.ts';
import type { KeyedApiProps } from '../../constructs/keyed-api-props.ts';
import { writeProxies } from '../../constructs/trusted-proxies.ts';

export const DEFAULT_FRESHNESS: Freshness = { mode: 'strict' };

/** What a stage says of its API beside the API's properties. */
type StagePart = Pick<StagedApi, 'apiId' | 'environment' | 'location' | 'style' | 'backendKind'> & {
  /** What its integration calls, where a stage variable says so. */
  readonly backend?: string;
};

/** The variables through which a stage tells the authorizer which API and environment was called, and by what rules. */
export function keyedStageVariables(
  { subscription, acceptImportedKeys = false, freshness = DEFAULT_FRESHNESS, trustedProxies }: KeyedApiProps,
  { backend, ...stage }: StagePart,
): Readonly<Record<string, string>> {
  return writeStageVariables(
    {
      ...stage,
      requiresSubscription: subscription === 'required',
      acceptsImported: acceptImportedKeys,
      freshness,
      ...(trustedProxies !== undefined && { trustedProxies: writeProxies(trustedProxies) }),
    },
    backend,
  );
}
