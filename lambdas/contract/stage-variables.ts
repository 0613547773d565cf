import { KEY_TYPES, type KeyType } from '../core/decision/credential.ts';
import { formatFreshness, readFreshness, type Freshness } from '../core/decision/freshness.ts';
import { DETAILED_STYLES, type RefusalStyle } from '../core/refusals/refusal-style.ts';
import type { KeyLocation } from '../core/refusals/refusal-text.ts';

/** What a stage tells the authorizer of the API and environment that it serves, with every event: it need not look it up. */
export interface StagedApi {
  readonly apiId: string;
  readonly environment: KeyType;
  /** Where a key travels: at least one of them. */
  readonly location: KeyLocation;
  readonly requiresSubscription: boolean;
  /** Whether the API takes keys that were made elsewhere. */
  readonly acceptsImported: boolean;
  readonly freshness: Freshness;
  readonly style: RefusalStyle;
  readonly backendKind: BackendKind;
  /** As `formatTrustedProxies` writes it; absent: nobody is trusted. */
  readonly trustedProxies?: string;
}

/** Before a backend at a `url`, the authorizer looks at paths. */
export type BackendKind = 'function' | 'url';

/** The names of the stage variables. */
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
  /** The function's ARN, or the URL without its scheme, that serves this environment. The integration alone reads it. */
  backend: 'keyboundBackend',
  /** `function`, or `url`. Absent: taken for a URL, before which paths are looked at. */
  backendKind: 'keyboundBackendKind',
  /** As `formatTrustedProxies` writes it, cut into as many variables as it takes; absent: nobody is trusted. */
  trustedProxies: 'keyboundTrustedProxies',
} as const;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables.html */
const LONGEST_VARIABLE = 512;
/** Enough for the ranges of any CDN; a stage has 100 variables. */
const MOST_PARTS = 20;
/** Most characters of `trustedProxies`. */
export const LONGEST_TRUSTED_PROXIES = LONGEST_VARIABLE * MOST_PARTS;

/**
 * The variables of a stage. `backend`: the value of that variable, if the integration reads it. What is the default stands there, too: whether an update
 * takes a variable off a stage that it no longer names is not documented.
 */
export function writeStageVariables(api: StagedApi, backend?: string): Readonly<Record<string, string>> {
  const { header, queryParameter } = api.location;
  return {
    [STAGE_VARIABLES.apiId]: api.apiId,
    [STAGE_VARIABLES.environment]: api.environment,
    [STAGE_VARIABLES.subscription]: api.requiresSubscription ? 'required' : 'optional',
    [STAGE_VARIABLES.freshness]: formatFreshness(api.freshness),
    [STAGE_VARIABLES.importedKeys]: api.acceptsImported ? 'accepted' : 'refused',
    [STAGE_VARIABLES.refusals]: api.style,
    ...(backend !== undefined && { [STAGE_VARIABLES.backend]: backend }),
    [STAGE_VARIABLES.backendKind]: api.backendKind,
    ...(api.trustedProxies !== undefined && cut(STAGE_VARIABLES.trustedProxies, api.trustedProxies)),
    ...(header !== undefined && { [STAGE_VARIABLES.keyHeader]: header }),
    ...(queryParameter !== undefined && { [STAGE_VARIABLES.keyQueryParameter]: queryParameter }),
  };
}

/**
 * Reads them. What is missing or misspelt never opens more than it should: only the exact words lift a requirement.
 * @returns undefined where they do not name an API, its environment and the place of its key.
 */
export function readStageVariables(
  variables: Readonly<Partial<Record<string, string>>>,
): StagedApi | undefined {
  const apiId = variables[STAGE_VARIABLES.apiId];
  const environment = KEY_TYPES.find((type) => type === variables[STAGE_VARIABLES.environment]);
  const header = variables[STAGE_VARIABLES.keyHeader];
  const queryParameter = variables[STAGE_VARIABLES.keyQueryParameter];
  if (apiId === undefined || environment === undefined || (header ?? queryParameter) === undefined) {
    return undefined;
  }
  const trustedProxies = join(STAGE_VARIABLES.trustedProxies, variables);
  return {
    apiId,
    environment,
    location: {
      ...(header !== undefined && { header }),
      ...(queryParameter !== undefined && { queryParameter }),
    },
    requiresSubscription: variables[STAGE_VARIABLES.subscription] !== 'optional',
    acceptsImported: variables[STAGE_VARIABLES.importedKeys] === 'accepted',
    freshness: readFreshness(variables[STAGE_VARIABLES.freshness]),
    style: DETAILED_STYLES.find((style) => style === variables[STAGE_VARIABLES.refusals]) ?? 'plain',
    backendKind: variables[STAGE_VARIABLES.backendKind] === 'function' ? 'function' : 'url',
    ...(trustedProxies !== undefined && { trustedProxies }),
  };
}

/** A text that can be longer than one stage variable, cut into variables: `name`, `name2`, `name3`. */
function cut(name: string, text: string): Record<string, string> {
  const count = Math.ceil(text.length / LONGEST_VARIABLE);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      partName(name, index),
      text.slice(index * LONGEST_VARIABLE, (index + 1) * LONGEST_VARIABLE),
    ]),
  );
}

/** Joins the pieces that `cut` made; `undefined` if there are none. */
function join(name: string, variables: Readonly<Partial<Record<string, string>>>): string | undefined {
  let text = variables[name];
  for (let index = 1; text !== undefined && index < MOST_PARTS; index += 1) {
    const part = variables[partName(name, index)];
    if (part === undefined) break;
    text += part;
  }
  return text;
}

function partName(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`;
}
