import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { REFUSAL_COLUMNS, REFUSAL_DETAILS } from '../output/explain-columns.ts';
import { argument, requiredFlag, textFlag } from '../parsing/flags.ts';
import { RefusalAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveAskedKey } from '../rest/resolve-asked-key.ts';
import { pathOf, PORTAL } from '../rest/rest-client.ts';
import { keyType } from './key-fields.ts';
import { showDetails, showList } from './show.ts';

export const refusalCommands = [
  defineCommand({
    name: 'refusals explain',
    about: 'Tell why a call was refused, and what to change',
    details: 'Refusals of your keys, and for administrators all, some seconds after the call.',
    args: { request: argument('id that the call was answered with, in the header apigw-requestid') },
    examples: ['keybound refusals explain JKJaXmPLvHcESHA='],
    run: async (context, { args }) => {
      const answer = await context.rest.get(pathOf(`${PORTAL}/refusals`, args.request));
      showDetails(context, answer, RefusalAnswer, REFUSAL_DETAILS);
    },
  }),
  defineCommand({
    name: 'refusals list',
    about: 'List the refused calls of a key, latest first',
    details:
      'A key that is revoked or not your own is in no list: name it by its id, and its API or application, too.',
    flags: {
      key: requiredFlag('KEY', 'id or name of a key'),
      api: textFlag('API', 'the API of the key, when more than one key has this name'),
      application: textFlag('APPLICATION', "for one of the application's own keys (id or name)"),
      type: keyType,
      ...listFlags,
    },
    examples: [
      'keybound refusals list --key "My first key" --limit 5',
      'keybound refusals list --api PizzaShackAPI --key Shop',
      'keybound refusals list --application "Pizza finder" --type sandbox --key "App key"',
    ],
    run: async (context, { flags }) => {
      if (flags.api !== undefined && flags.application !== undefined)
        throw usageFailure('--api does not go with --application.');
      if (flags.application === undefined && flags.type !== undefined)
        throw usageFailure('--type needs --application.');
      const { id, path } = await resolveAskedKey(context.rest, flags.key, flags);
      await showList(context, {
        path: pathOf(path, id, 'refusals'),
        flags,
        schema: RefusalAnswer,
        columns: REFUSAL_COLUMNS,
        none: 'No call with this key was refused, as far as is known.',
      });
    },
  }),
];
