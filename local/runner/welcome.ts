import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import type { HttpApi } from '../gateway/model.ts';
import { DEMO_USERS } from '../identity/demo-users.ts';
import type { Runner } from '../runner.ts';

type Welcomed = Pick<Runner, 'apis' | 'managementUrl'> & {
  readonly assembly: Pick<Runner['assembly'], 'apis'>;
};

const DEFAULT_MANAGEMENT_URL = 'http://localhost:9443';

/** What a person reads when a runner is ready: where everything is, and what to type next. */
export function welcome(runner: Welcomed, dataDirectory: string | undefined): string {
  const { apis, managementUrl } = runner;
  const users = DEMO_USERS.map(({ username, groups }) => `${username} (${groups.join(', ')})`).join(', ');
  return `Ready. Everything is served on this machine only.

${apis.flatMap(({ name, urls }) => Object.entries(urls).map(([stage, url]) => `  ${name} (${stage}): ${url}`)).join('\n')}
  management: ${managementUrl}
  sign-in: ${managementUrl}/oauth2/token
  users: ${users}; the password is the user name
  data: ${dataDirectory ?? 'in memory, nothing is kept'}

${nextLines(runner)}`;
}

/** The lines that get a first key and call an API with it; without such an API, those that get a token. */
function nextLines({ apis, assembly, managementUrl }: Welcomed): string {
  const calls = apis.flatMap((served) => {
    const api = assembly.apis.find(({ apiId }) => apiId === served.apiId);
    const call = firstCall(served.urls['production'], api);
    return call === undefined ? [] : [{ served, call }];
  });
  const first = calls.find(({ call }) => call.isOpen) ?? calls[0];
  if (first === undefined) {
    return `A token to begin with:
  curl -s ${managementUrl}/oauth2/token -d grant_type=password -d username=alice -d password=alice
`;
  }
  const { served, call } = first;
  const title = served.name.replace(/ \S+$/, '');
  const at = managementUrl === DEFAULT_MANAGEMENT_URL ? '' : ` --url ${managementUrl}`;
  return `A first key, in another terminal:
  echo alice | npx keybound login --password --username alice${at}
  KEY=$(npx keybound keys generate --api ${JSON.stringify(title)} --name "My first key"${at})
  curl -s ${call.text}
`;
}

interface FirstCall {
  readonly text: string;
  /** Whether a key alone opens the API; otherwise it takes a subscription, too. */
  readonly isOpen: boolean;
}

/** Of an API that `ProtectedHttpApi` made, which says in its stage variables where its key travels. */
function firstCall(url: string | undefined, api: HttpApi | undefined): FirstCall | undefined {
  const variables = api?.stages.find(({ name }) => name === 'production')?.variables ?? {};
  const header = variables[STAGE_VARIABLES.keyHeader];
  const parameter = variables[STAGE_VARIABLES.keyQueryParameter];
  if (url === undefined || api === undefined || (header ?? parameter) === undefined) return undefined;
  const paths = api.routes.flatMap(({ routeKey }) => /^(?:GET|ANY) (\/.*)$/.exec(routeKey)?.[1] ?? []);
  const path = paths.find((each) => !each.includes('{')) ?? paths[0] ?? '/';
  const address = `${url}${path.replaceAll(/\{[^}]+\}/g, '1')}`;
  return {
    text: header === undefined ? `"${address}?${String(parameter)}=$KEY"` : `${address} -H "${header}: $KEY"`,
    isOpen: variables[STAGE_VARIABLES.subscription] === 'optional',
  };
}
