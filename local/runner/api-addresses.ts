import type { DeployedAssembly } from '../assembly/deploy-assembly.ts';
import type { DomainMapping, HttpApi } from '../gateway/model.ts';
import { SANDBOX_DOMAIN } from './front-door.ts';
import type { Urls } from './local-context.ts';

/** An HTTP API that is served, with addresses that work on this machine as they are. */
export interface ServedApi {
  /**
   * As API Gateway has it: of a `ProtectedHttpApi`, title and version of its document.
   * @example 'Orders 1.0.0'
   */
  readonly name: string;
  /** The id that API Gateway would give: ten lower-case letters and digits. */
  readonly apiId: string;
  /**
   * By the name of the stage, without a slash at the end.
   * @example { production: 'http://localhost:8243/k3v9p2m4xa/production' }
   */
  readonly urls: Readonly<Record<string, string>>;
}

/** An API or a stage that is not there, or not the only one of its name. */
export class NoSuchApiError extends Error {
  readonly code = 'NO_SUCH_API';

  constructor(message: string) {
    super(message);
    this.name = 'NoSuchApiError';
  }
}

/** The name that an API has without a domain. */
function executeApiHost(apiId: string): string {
  return `${apiId}.execute-api.localhost`;
}

/** The hosts of all APIs, by the first segment of a path that stands for them: their ids, and their domains. */
export function hostsOf({ apis, mappings }: DeployedAssembly): ReadonlyMap<string, string> {
  return new Map([
    ...mappings
      .map(({ domainName }) => domainName.toLowerCase())
      .filter((domainName) => domainName !== 'localhost')
      .map((domainName): [string, string] => [domainName, domainName]),
    ...apis.map(({ apiId }): [string, string] => [apiId, executeApiHost(apiId)]),
  ]);
}

/** All APIs but that behind the management port. */
export function servedApis(
  { apis, mappings }: DeployedAssembly,
  managementApiId: string,
  urls: Urls,
): readonly ServedApi[] {
  return apis
    .filter(({ apiId }) => apiId !== managementApiId)
    .map(({ apiId, name, stages }) => ({
      apiId,
      name,
      urls: Object.fromEntries(
        stages.map((stage) => [stage.name, addressOf({ apiId }, stage.name, mappings, urls)]),
      ),
    }));
}

/** @throws NoSuchApiError */
export function urlOfApi(apis: readonly ServedApi[], name: string, stage: string): string {
  const found = apis.filter((api) => api.name === name || api.name.startsWith(`${name} `));
  const exact = found.filter((api) => api.name === name);
  const [api, second] = exact.length > 0 ? exact : found;
  const quoted = (names: readonly string[]): string => names.map((each) => JSON.stringify(each)).join(', ');
  if (api === undefined) {
    throw new NoSuchApiError(`there is no API "${name}"; there are ${quoted(apis.map((each) => each.name))}`);
  }
  if (second !== undefined) {
    throw new NoSuchApiError(
      `"${name}" can be any of ${quoted(found.map((each) => each.name))}: give the whole name`,
    );
  }
  const url = api.urls[stage];
  if (url !== undefined) return url;
  throw new NoSuchApiError(
    `the API "${api.name}" has no stage "${stage}"; it has ${quoted(Object.keys(api.urls))}`,
  );
}

function addressOf(
  { apiId }: Pick<HttpApi, 'apiId'>,
  stage: string,
  mappings: readonly DomainMapping[],
  { gatewayUrl, sandboxUrl }: Urls,
): string {
  const mapping = mappings.find((each) => each.apiId === apiId && each.stage === stage);
  if (mapping === undefined) {
    return stage === '$default' ? `${gatewayUrl}/${apiId}` : `${gatewayUrl}/${apiId}/${stage}`;
  }
  return [domainUrl(mapping.domainName, gatewayUrl, sandboxUrl), mapping.mappingKey]
    .filter((part) => part !== '')
    .join('/');
}

/** The sandbox has a port, or its domain stands in the path. */
function domainUrl(domainName: string, gatewayUrl: string, sandboxUrl: string): string {
  if (domainName === 'localhost') return gatewayUrl;
  const hasPort = new URL(sandboxUrl).hostname !== SANDBOX_DOMAIN;
  return domainName === SANDBOX_DOMAIN && hasPort ? sandboxUrl : `${gatewayUrl}/${domainName.toLowerCase()}`;
}
