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
  application: textFlag('APPLICATION', 'its application keys, which open all APIs that it subscribes to'),
  type: keyType,
  associated: toggleFlag('with --application: keys of single APIs that are associated with it'),
  associable: toggleFlag('with --application: keys of single APIs that can be associated with it'),
  query: textFlag('QUERY', 'part of a name, or of a field: name:TEXT, api:TEXT, type:TEXT, status:TEXT'),
  ...listFlags,
};

export const keyReadCommands = [
  defineCommand({
    name: 'keys list',
    about: 'List your keys: all, or those of an API or an application',
    details: 'Values are never shown: they are shown once, to the user who generates a key.',
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
    flags: { api: textFlag('API', 'API of the key, if several keys have this name') },
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
  if (api !== undefined && application !== undefined) {
    throw usageFailure('--api cannot be combined with --application.');
  }
  if (application === undefined && (associated || associable || type !== undefined)) {
    throw usageFailure('--type, --associated and --associable need --application.');
  }
  if (associated && associable) throw usageFailure('--associated cannot be combined with --associable.');
  if (given.query !== undefined && (api ?? application) !== undefined) {
    throw usageFailure('--query searches all your keys. Omit --api and --application.');
  }
  if (api !== undefined) return apiKeysPath((await resolveApi(rest, api)).id);
  if (application === undefined) return `${PORTAL}/api-keys`;
  const { id } = await resolveApplication(rest, application);
  const path = applicationKeysPath(id, type ?? 'PRODUCTION');
  return `${path}${associated ? '/associations' : associable ? '/subscriptions' : ''}`;
}
