import type { DomainMapping, HttpApi, Stage } from '../model.ts';

/** Serves one API whatever the Host header says; without a stage name the path chooses it, as on execute-api hosts. */
export interface FixedApi {
  readonly apiId: string;
  readonly stage?: string;
}

export interface StageMatch {
  readonly api: HttpApi;
  readonly stage: Stage;
  /** The path that routes are matched against: without the stage name or the mapping key. Starts with `/`. */
  readonly routePath: string;
}

/**
 * 404: the stage (or the API on an execute-api host) does not exist.
 * 403: the gateway has no such domain, or no mapping of the domain takes the path (both unverified on the real service,
 * as is the 404 of an execute-api endpoint that is disabled).
 */
export type StageResolution = StageMatch | { readonly refused: 403 | 404 };

export interface StageIndex {
  readonly apis: ReadonlyMap<string, HttpApi>;
  /** By lower-case domain name, longest mapping key first. */
  readonly mappings: ReadonlyMap<string, readonly DomainMapping[]>;
}

/** Throws an Error naming the domain and key when a mapping points to an API or a stage that does not exist. */
export function indexStages(apis: readonly HttpApi[], mappings: readonly DomainMapping[]): StageIndex {
  const byId = new Map(apis.map((api) => [api.apiId, api]));
  const byDomain = new Map<string, DomainMapping[]>();
  for (const mapping of mappings) {
    if (findStage(byId.get(mapping.apiId), mapping.stage) === undefined) {
      throw new Error(
        `Mapping "${mapping.mappingKey}" of ${mapping.domainName} names API ${mapping.apiId}, stage ${mapping.stage}, which do not exist`,
      );
    }
    const domain = mapping.domainName.toLowerCase();
    byDomain.set(domain, [...(byDomain.get(domain) ?? []), mapping]);
  }
  for (const list of byDomain.values()) list.sort((a, b) => b.mappingKey.length - a.mappingKey.length);
  return { apis: byId, mappings: byDomain };
}

/** The host of a Host header in lower case, without its port; brackets of an IPv6 address stay. */
export function hostName(hostHeader: string): string {
  return hostHeader.trim().replace(/:\d*$/, '').toLowerCase();
}

/**
 * Which stage of which API serves a request. `path` is decoded and starts with `/`.
 * Mapping keys match whole segments, the longest wins (AWS: "Map API stages to a custom domain name").
 */
export function resolveStage(
  index: StageIndex,
  host: string,
  path: string,
  fixed?: FixedApi,
): StageResolution {
  if (fixed !== undefined) {
    const api = index.apis.get(fixed.apiId);
    return fixed.stage === undefined ? stageOfPath(api, path) : fixedStage(api, fixed.stage, path);
  }
  const mappings = index.mappings.get(host);
  if (mappings !== undefined) return mappedStage(index, mappings, path);
  const apiId = /^(?<apiId>[a-z0-9]+)\.execute-api\./.exec(host)?.groups?.['apiId'];
  const api = apiId === undefined ? undefined : index.apis.get(apiId);
  if (api === undefined) return { refused: 403 };
  return api.executeApiEndpointDisabled ? { refused: 404 } : stageOfPath(api, path);
}

function mappedStage(index: StageIndex, mappings: readonly DomainMapping[], path: string): StageResolution {
  for (const mapping of mappings) {
    const prefix = mapping.mappingKey === '' ? '' : `/${mapping.mappingKey}`;
    if (path === prefix || path.startsWith(`${prefix}/`)) {
      return fixedStage(index.apis.get(mapping.apiId), mapping.stage, path.slice(prefix.length));
    }
  }
  return { refused: 403 };
}

function fixedStage(api: HttpApi | undefined, stageName: string, path: string): StageResolution {
  const stage = findStage(api, stageName);
  if (api === undefined || stage === undefined) return { refused: 404 };
  return { api, stage, routePath: path === '' ? '/' : path };
}

function stageOfPath(api: HttpApi | undefined, path: string): StageResolution {
  const [, first = ''] = path.split('/', 2);
  const named = first === '$default' ? undefined : findStage(api, first);
  if (api !== undefined && named !== undefined) {
    const rest = path.slice(first.length + 1);
    return { api, stage: named, routePath: rest === '' ? '/' : rest };
  }
  return fixedStage(api, '$default', path);
}

function findStage(api: HttpApi | undefined, name: string): Stage | undefined {
  return api?.stages.find((stage) => stage.name === name);
}
