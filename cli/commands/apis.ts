import { defineCommand } from '../command.ts';
import { API_COLUMNS, API_DETAILS } from '../output/columns.ts';
import { printableJson } from '../output/printable.ts';
import { argument, choiceFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { ApiAnswer, LifecycleAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveApi } from '../rest/resolve.ts';
import { decode, pathOf, PORTAL, PUBLISHER } from '../rest/rest-client.ts';
import { usageFailure } from '../failures.ts';
import { showDetails, showList } from './show.ts';

const api = argument('id, name or name:version of an API');
const ACTIONS = ['Publish', 'Block', 'Re-Publish', 'Deprecate', 'Retire'] as const;

export const apiCommands = [
  defineCommand({
    name: 'apis list',
    about: 'List the APIs',
    flags: {
      query: textFlag(
        'QUERY',
        'part of a name, or of a field: name:TEXT, version:TEXT, context:TEXT, status:TEXT',
      ),
      publisher: toggleFlag('as publishers see them, including unpublished APIs'),
      ...listFlags,
    },
    examples: ['keybound apis list', 'keybound apis list --query pizza', 'keybound apis list --publisher'],
    run: async (context, { flags }) => {
      if (flags.publisher && flags.query !== undefined) {
        throw usageFailure('--query cannot be combined with --publisher.');
      }
      await showList(context, {
        path: `${flags.publisher ? PUBLISHER : PORTAL}/apis`,
        flags,
        query: { query: flags.query },
        schema: ApiAnswer,
        columns: API_COLUMNS,
        none: 'There are no APIs.',
      });
    },
  }),
  defineCommand({
    name: 'apis get',
    about: 'Show an API: plans, key header or query parameter, addresses',
    args: { api },
    examples: ['keybound apis get PizzaShackAPI', 'keybound apis get PizzaShackAPI:1.0.0 --json'],
    run: async (context, { args }) => {
      const { id } = await resolveApi(context.rest, args.api);
      const answer = await context.rest.get(pathOf(`${PORTAL}/apis`, id));
      showDetails(context, answer, ApiAnswer, API_DETAILS);
    },
  }),
  defineCommand({
    name: 'apis definition',
    about: "Print an API's OpenAPI document as JSON",
    args: { api },
    examples: ['keybound apis definition PizzaShackAPI > pizzashack.json'],
    run: async ({ rest, terminal }, { args }) => {
      const { id } = await resolveApi(rest, args.api);
      const document = await rest.get(pathOf(`${PORTAL}/apis`, id, 'swagger'));
      terminal.print(printableJson(document));
    },
  }),
  defineCommand({
    name: 'apis lifecycle',
    about: 'Publish, block, deprecate or retire an API (publishers)',
    details: [
      'Publish      developers see the API and can subscribe to it',
      'Block        every call is refused, until Re-Publish',
      'Deprecate    no new subscriptions; existing ones keep working',
      'Retire       hidden, and every call is refused, permanently',
    ].join('\n'),
    args: { api },
    flags: {
      action: choiceFlag(
        ACTIONS,
        `${ACTIONS.slice(0, -1).join(', ')} or ${ACTIONS.slice(-1).join('')}`,
        'ACTION',
      ),
    },
    isDestructive: true,
    examples: [
      'keybound apis lifecycle PizzaShackAPI --action Block',
      'keybound apis lifecycle PizzaShackAPI:1.0.0 --action Retire --yes',
    ],
    run: async ({ rest, output, confirm }, { args, flags: { action } }) => {
      if (action === undefined) throw usageFailure(`Pass --action with one of ${ACTIONS.join(', ')}.`);
      const { id, name } = await resolveApi(rest, args.api, PUBLISHER);
      if (action === 'Retire') await confirm(`Retire ${name} permanently?`);
      const answer = await rest.post(`${PUBLISHER}/apis/change-lifecycle`, undefined, { action, apiId: id });
      output.show(answer, () => [
        `${name} is ${decode(LifecycleAnswer, answer).lifecycleState.state.toUpperCase()}.`,
      ]);
    },
  }),
];
