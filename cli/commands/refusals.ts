import { defineCommand } from '../command.ts';
import { REFUSAL_COLUMNS, REFUSAL_DETAILS } from '../output/explain-columns.ts';
import { argument, requiredFlag } from '../parsing/flags.ts';
import { RefusalAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveAskedKey } from '../rest/resolve-asked-key.ts';
import { pathOf, PORTAL } from '../rest/rest-client.ts';
import { askedKeyFlags, checkAskedKey } from './asked-key-flags.ts';
import { showDetails, showList } from './show.ts';

export const refusalCommands = [
  defineCommand({
    name: 'refusals explain',
    about: 'Explain why a call was refused, and what to change',
    details:
      'Covers calls with your own keys or, for administrators, all keys. A refusal appears some seconds after the call.',
    args: { request: argument('request id: the header apigw-requestid of the answer') },
    examples: ['keybound refusals explain JKJaXmPLvHcESHA='],
    run: async (context, { args }) => {
      const answer = await context.rest.get(pathOf(`${PORTAL}/refusals`, args.request));
      showDetails(context, answer, RefusalAnswer, REFUSAL_DETAILS);
    },
  }),
  defineCommand({
    name: 'refusals list',
    about: 'List the refused calls of a key, latest first',
    details: 'Name a key that is revoked or not your own by its id, and also name its API or application.',
    flags: {
      key: requiredFlag('KEY', 'id or name of a key'),
      ...askedKeyFlags,
      ...listFlags,
    },
    examples: [
      'keybound refusals list --key "My first key" --limit 5',
      'keybound refusals list --api PizzaShackAPI --key Shop',
      'keybound refusals list --application "Pizza finder" --type sandbox --key "App key"',
    ],
    run: async (context, { flags }) => {
      checkAskedKey(flags);
      const { id, path } = await resolveAskedKey(context.rest, flags.key, flags);
      await showList(context, {
        path: pathOf(path, id, 'refusals'),
        flags,
        schema: RefusalAnswer,
        columns: REFUSAL_COLUMNS,
        none: 'There are no recorded refusals of this key.',
      });
    },
  }),
];
