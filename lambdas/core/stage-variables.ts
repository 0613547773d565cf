/**
 * The names of the stage variables through which `ProtectedHttpApi` tells the authorizer which API was called.
 * They arrive with every authorizer event, so that no look-up is needed to know the API.
 */
export const STAGE_VARIABLES = {
  apiId: 'keyboundApiId',
  /** `PRODUCTION` or `SANDBOX`. */
  environment: 'keyboundEnvironment',
  keyHeader: 'keyboundKeyHeader',
  keyQueryParameter: 'keyboundKeyQueryParameter',
  /** `required` or `optional`. */
  subscription: 'keyboundSubscription',
  /** `accepted`; `refused` or absent: only values of Keybound's own form are looked up. */
  importedKeys: 'keyboundImportedKeys',
  /** As `formatFreshness` writes it; absent: `strict`. */
  freshness: 'keyboundFreshness',
  /** `detailed` or `detailed-fault`: the backend's guard answers for refusals. `plain` or absent: API Gateway does. */
  refusals: 'keyboundRefusals',
  /** The function's ARN, or the URL without its scheme, that serves this environment. */
  backend: 'keyboundBackend',
} as const;
