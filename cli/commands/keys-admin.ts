import { defineCommand } from '../command.ts';
import { anyKeyColumns } from '../output/columns.ts';
import { argument, textFlag } from '../parsing/flags.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { ADMIN } from '../rest/rest-client.ts';
import { showList } from './show.ts';

const path = `${ADMIN}/api-keys`;

export const keyAdminCommands = [
  defineCommand({
    name: 'keys all',
    about: 'List the keys of all owners (administrators)',
    flags: listFlags,
    examples: ['keybound keys all --limit 100', 'keybound keys all --all --json'],
    run: (context, { flags }) =>
      showList(context, {
        path,
        flags,
        schema: KeyAnswer,
        columns: anyKeyColumns(context.now()),
        none: 'There are no keys.',
      }),
  }),
  defineCommand({
    name: 'keys revoke-any',
    about: "Revoke anybody's key for good (administrators)",
    args: { key: argument('id of a key') },
    flags: { reason: textFlag('TEXT', 'why, for the audit trail') },
    isDestructive: true,
    examples: ['keybound keys revoke-any 6f1c2d34-… --reason "reported as leaked"'],
    run: async ({ rest, output, confirm }, { args, flags: { reason } }) => {
      await confirm(`Revoke the key ${args.key} for good?`);
      await rest.post(`${path}/revoke`, { keyUUID: args.key, ...(reason !== undefined && { reason }) });
      output.done(`The key ${args.key} is revoked.`);
    },
  }),
];
