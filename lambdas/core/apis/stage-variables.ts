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
  /** `function`, or `url`. Absent: taken for a URL, before which paths are looked at. */
  backendKind: 'keyboundBackendKind',
  /** As `formatTrustedProxies` writes it, cut into as many variables as it takes; absent: nobody is trusted. */
  trustedProxies: 'keyboundTrustedProxies',
} as const;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables.html */
export const STAGE_VARIABLE_LENGTH = 512;
/** Enough for the ranges of any CDN; a stage has 100 variables. */
export const MAX_STAGE_VARIABLE_PARTS = 20;

/** A text that can be longer than one stage variable, cut into variables: `name`, `name2`, `name3`. */
export function cutForStage(name: string, text: string): Record<string, string> {
  const count = Math.ceil(text.length / STAGE_VARIABLE_LENGTH);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      partName(name, index),
      text.slice(index * STAGE_VARIABLE_LENGTH, (index + 1) * STAGE_VARIABLE_LENGTH),
    ]),
  );
}

/** Joins the pieces that `cutForStage` cut; `undefined` if there are none. */
export function joinFromStage(
  name: string,
  variables: Readonly<Partial<Record<string, string>>>,
): string | undefined {
  let text = variables[name];
  for (let index = 1; text !== undefined && index < MAX_STAGE_VARIABLE_PARTS; index += 1) {
    const part = variables[partName(name, index)];
    if (part === undefined) break;
    text += part;
  }
  return text;
}

function partName(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`;
}
