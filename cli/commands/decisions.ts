import { defineCommand } from '../command.ts';
import { DECISION_COLUMNS } from '../output/columns.ts';
import { requiredFlag, toggleFlag } from '../parsing/flags.ts';
import { DecisionAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveApi } from '../rest/resolve.ts';
import { PUBLISHER } from '../rest/rest-client.ts';
import { showDetails, showList } from './show.ts';

const path = `${PUBLISHER}/standing-decisions`;
const api = requiredFlag('API', 'id, name or name:version');
const owner = requiredFlag('SUBJECT', 'subject of the owner, or group:NAME');

/** Publishers' decisions about owners at an API, with or without a subscription. */
export const decisionCommands = [
  defineCommand({
    name: 'decisions list',
    about: 'List owners who are blocked or rejected at an API (publishers)',
    flags: { api, ...listFlags },
    examples: ['keybound decisions list --api PizzaShackAPI'],
    run: async (context, { flags }) => {
      const { id: apiId } = await resolveApi(context.rest, flags.api, PUBLISHER);
      await showList(context, {
        path,
        flags,
        query: { apiId },
        schema: DecisionAnswer,
        columns: DECISION_COLUMNS,
        none: 'Nobody is blocked or rejected there.',
      });
    },
  }),
  defineCommand({
    name: 'decisions block',
    about: 'Block an owner at an API, with or without a subscription (publishers)',
    flags: { api, owner, 'production-only': toggleFlag('do not block sandbox keys') },
    examples: ['keybound decisions block --api PizzaShackAPI --owner 0b0f6a52-…'],
    run: async (context, { flags }) => {
      const { id: apiId } = await resolveApi(context.rest, flags.api, PUBLISHER);
      const blockState = flags['production-only'] ? 'PROD_ONLY_BLOCKED' : 'BLOCKED';
      const query = { apiId, owner: flags.owner, blockState };
      const answer = await context.rest.post(`${path}/block`, undefined, query);
      showDetails(context, answer, DecisionAnswer, DECISION_COLUMNS);
    },
  }),
  defineCommand({
    name: 'decisions lift',
    about: 'Lift a block or rejection of an owner at an API; blocked subscriptions work again (publishers)',
    flags: { api, owner },
    examples: ['keybound decisions lift --api PizzaShackAPI --owner 0b0f6a52-…'],
    run: async ({ rest, output }, { flags }) => {
      const { id: apiId } = await resolveApi(rest, flags.api, PUBLISHER);
      await rest.post(`${path}/lift`, undefined, { apiId, owner: flags.owner });
      output.done(`${flags.owner} is no longer blocked or rejected.`);
    },
  }),
];
