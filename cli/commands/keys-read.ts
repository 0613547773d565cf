import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { keyColumns, keyDetails } from '../output/columns.ts';
import { argument, textFlag, toggleFlag } from '../parsing/flags.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import {
  apiKeysPath,
  applicationKeysPath,
  resolveApi,
  resolveApplication,
  resolveKey,
} from '../rest/resolve.ts';
import { pathOf, PORTAL } from '../rest/rest-client.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { keyType } from './key-fields.ts';
import { showDetails, showList } from './show.ts';

const flags = {
  api: textFlag('API', 'only those of this API (id, name or name:version)'),
  application: textFlag('APPLICATION', 'the application keys, which open every API that it subscribes to'),
  type: keyType,
  associated: toggleFlag('with --application: keys of single APIs that are associated with it'),
  associable: toggleFlag('with --application: keys of single APIs that could be'),
  query: textFlag('QUERY', 'part of a name, or name:, api:, type:, status: with a part of that'),
  ...listFlags,
};

export const keyReadCommands = [
  defineCommand({
    name: 'keys list',
    about: 'List your keys: all, those of an API, or those of an application',
    details: 'Values are not shown: nobody has them but those who generated the keys.',
    flags,
    examples: [
      'keybound keys list',
      'keybound keys list --api PizzaShackAPI',
      'keybound keys list --query status:expired',
      'keybound keys list --application "Pizza finder" --type sandbox --associable',
    ],
    run: async (context, { flags: given }) => {
      await showList(context, {
        path: await listPath(context.rest, given),
        flags: given,
        query: { query: given.query },
        schema: KeyAnswer,
        columns: keyColumns(context.now()),
        none: 'There are no keys.',
      });
    },
  }),
  defineCommand({
    name: 'keys get',
    about: 'Show a key: restrictions, expiry, last use',
    args: { key: argument('id or name of a key') },
    flags: { api: textFlag('API', 'the API of the key, when more than one key has this name') },
    examples: ['keybound keys get "My first key"'],
    run: async (context, { args, flags: { api } }) => {
      const { rest } = context;
      const { id, path, isApplicationKey } = await resolveKey(rest, args.key, api);
      if (isApplicationKey) throw usageFailure('keys get shows keys of single APIs. See keybound keys list.');
      showDetails(context, await rest.get(pathOf(path, id)), KeyAnswer, keyDetails(context.now()));
    },
  }),
];

async function listPath(
  rest: RestClient,
  given: {
    readonly api?: string | undefined;
    readonly application?: string | undefined;
    readonly type?: string | undefined;
    readonly query?: string | undefined;
    readonly associated: boolean;
    readonly associable: boolean;
  },
): Promise<string> {
  const { api, application, type, associated, associable } = given;
  if (api !== undefined && application !== undefined)
    throw usageFailure('--api does not go with --application.');
  if (application === undefined && (associated || associable || type !== undefined))
    throw usageFailure('--type, --associated and --associable need --application.');
  if (associated && associable) throw usageFailure('--associated does not go with --associable.');
  if (given.query !== undefined && (api ?? application) !== undefined)
    throw usageFailure('--query looks through all your keys: leave --api and --application out.');
  if (api !== undefined) return apiKeysPath((await resolveApi(rest, api)).id);
  if (application === undefined) return `${PORTAL}/api-keys`;
  const { id } = await resolveApplication(rest, application);
  const path = applicationKeysPath(id, type ?? 'PRODUCTION');
  return `${path}${associated ? '/associations' : associable ? '/subscriptions' : ''}`;
}
