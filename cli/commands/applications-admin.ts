import { defineCommand } from '../command.ts';
import { formatMoment } from '../output/moments.ts';
import type { Column } from '../output/table.ts';
import { argument, requiredFlag, textFlag } from '../parsing/flags.ts';
import { AnyApplicationAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { ADMIN, pathOf } from '../rest/rest-client.ts';
import { showList } from './show.ts';

const path = `${ADMIN}/applications`;

const COLUMNS: readonly Column<AnyApplicationAnswer>[] = [
  { title: 'Owner', value: ({ owner }) => owner },
  { title: 'Name', value: ({ name }) => name },
  { title: 'Policy', value: ({ throttlingPolicy }) => throttlingPolicy ?? '-' },
  { title: 'Created', value: ({ createdTime }) => formatMoment(createdTime) },
  { title: 'Id', value: ({ applicationId }) => applicationId },
  { title: 'Subject', value: ({ ownerId }) => ownerId ?? '-' },
];

export const applicationAdminCommands = [
  defineCommand({
    name: 'applications all',
    about: 'List the applications of all owners (administrators)',
    flags: {
      owner: textFlag('USER', 'name or subject of the owner'),
      name: textFlag('TEXT', 'part of a name'),
      ...listFlags,
    },
    examples: ['keybound applications all --owner alice', 'keybound applications all --all --json'],
    run: (context, { flags }) =>
      showList(context, {
        path,
        flags,
        query: { user: flags.owner, name: flags.name },
        schema: AnyApplicationAnswer,
        columns: COLUMNS,
        none: 'There are no applications.',
      }),
  }),
  defineCommand({
    name: 'applications change-owner',
    about: 'Give an application with its subscriptions and keys to another owner (administrators)',
    details: [
      'Key values do not change. If the old owner must not use them, the new owner must regenerate them.',
      'A large application takes several requests. If interrupted, run the same command again.',
    ].join('\n'),
    args: { application: argument('id of an application') },
    flags: {
      owner: requiredFlag('USER', 'the new owner: subject or name, or group:NAME'),
      'owner-name': textFlag('NAME', 'name to show for a subject who has no key and no application yet'),
    },
    isDestructive: true,
    examples: [
      'keybound applications change-owner 5b0e… --owner bob',
      'keybound applications change-owner 5b0e… --owner group:shop-team --yes',
    ],
    run: async ({ rest, output, confirm }, { args: { application }, flags }) => {
      await confirm(`Give the application ${application} with its keys to ${flags.owner}?`);
      const query = { owner: flags.owner, ownerName: flags['owner-name'] };
      await rest.repeat(pathOf(path, application, 'change-owner'), undefined, query);
      output.done(`The application ${application} belongs to ${flags.owner}.`);
    },
  }),
];
