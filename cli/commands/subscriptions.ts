import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { SUBSCRIPTION_COLUMNS } from '../output/columns.ts';
import { argument, requiredFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { ApiAnswer, SubscriptionAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveApi, resolveApplication } from '../rest/resolve.ts';
import { decode, pathOf, PORTAL, PUBLISHER, type RestClient } from '../rest/rest-client.ts';
import { showDetails, showList } from './show.ts';

const path = `${PORTAL}/subscriptions`;
const subscription = argument('id of a subscription');

export const subscriptionCommands = [
  defineCommand({
    name: 'subscriptions list',
    about: 'List your subscriptions, or all subscriptions to an API (publishers)',
    flags: {
      application: textFlag('APPLICATION', 'only those of this application (id or name)'),
      api: textFlag('API', 'only those to this API (id, name or name:version)'),
      publisher: toggleFlag("all owners' (publishers; needs --api)"),
      ...listFlags,
    },
    examples: [
      'keybound subscriptions list --application "Pizza finder"',
      'keybound subscriptions list --publisher --api PizzaShackAPI',
    ],
    run: async (context, { flags }) => {
      if (flags.publisher && flags.application !== undefined) {
        throw usageFailure('--application cannot be combined with --publisher.');
      }
      if (flags.publisher && flags.api === undefined) throw usageFailure('--publisher needs --api API.');
      const base = flags.publisher ? PUBLISHER : PORTAL;
      const api = flags.api === undefined ? undefined : await resolveApi(context.rest, flags.api, base);
      const application =
        flags.application === undefined
          ? undefined
          : await resolveApplication(context.rest, flags.application);
      await showList(context, {
        path: `${base}/subscriptions`,
        flags,
        query: { apiId: api?.id, applicationId: application?.id },
        schema: SubscriptionAnswer,
        columns: SUBSCRIPTION_COLUMNS,
        none: flags.publisher
          ? 'There are no subscriptions to this API. keybound decisions list shows owners who are blocked or rejected.'
          : "You have no such subscriptions. Publishers can list all owners' with --publisher --api API.",
      });
    },
  }),
  defineCommand({
    name: 'subscriptions get',
    about: 'Show a subscription',
    args: { subscription },
    examples: ['keybound subscriptions get 0b0f6a52-…'],
    run: async (context, { args }) => {
      const answer = await context.rest.get(pathOf(path, args.subscription));
      showDetails(context, answer, SubscriptionAnswer, SUBSCRIPTION_COLUMNS);
    },
  }),
  defineCommand({
    name: 'subscriptions create',
    about: 'Subscribe an application to an API',
    flags: {
      application: requiredFlag('APPLICATION', 'id or name'),
      api: requiredFlag('API', 'id, name or name:version'),
      policy: textFlag('NAME', 'business plan; optional if the API has only one'),
    },
    examples: [
      'keybound subscriptions create --application "Pizza finder" --api PizzaShackAPI --policy Gold',
    ],
    run: async (context, { flags }) => {
      const { rest } = context;
      const { id: applicationId } = await resolveApplication(rest, flags.application);
      const { id: apiId } = await resolveApi(rest, flags.api);
      const throttlingPolicy = flags.policy ?? (await onlyPlan(rest, apiId));
      const answer = await rest.create(path, { applicationId, apiId, throttlingPolicy });
      showDetails(context, answer, SubscriptionAnswer, SUBSCRIPTION_COLUMNS);
    },
  }),
  defineCommand({
    name: 'subscriptions update',
    about: 'Change the business plan of a subscription',
    args: { subscription },
    flags: { policy: requiredFlag('NAME', 'the new plan') },
    examples: ['keybound subscriptions update 0b0f6a52-… --policy Silver'],
    run: async (context, { args, flags }) => {
      const answer = await context.rest.change(pathOf(path, args.subscription), (json) => {
        const { applicationId, apiId } = decode(SubscriptionAnswer, json);
        return { applicationId, apiId, throttlingPolicy: flags.policy };
      });
      showDetails(context, answer, SubscriptionAnswer, SUBSCRIPTION_COLUMNS);
    },
  }),
  defineCommand({
    name: 'subscriptions delete',
    about: 'Unsubscribe: keys of the application stop opening the API',
    args: { subscription },
    isDestructive: true,
    examples: ['keybound subscriptions delete 0b0f6a52-… --yes'],
    run: async ({ rest, output, confirm }, { args }) => {
      await confirm(`Delete the subscription ${args.subscription}?`);
      await rest.remove(pathOf(path, args.subscription));
      output.done(`The subscription ${args.subscription} is deleted.`);
    },
  }),
  defineCommand({
    name: 'subscriptions block',
    about: 'Block the owner of a subscription at its API (publishers)',
    args: { subscription },
    flags: { 'production-only': toggleFlag('do not block sandbox keys') },
    examples: ['keybound subscriptions block 0b0f6a52-… --production-only'],
    run: async (context, { args, flags }) => {
      const blockState = flags['production-only'] ? 'PROD_ONLY_BLOCKED' : 'BLOCKED';
      const query = { subscriptionId: args.subscription, blockState };
      const answer = await context.rest.post(
        `${PUBLISHER}/subscriptions/block-subscription`,
        undefined,
        query,
      );
      showDetails(context, answer, SubscriptionAnswer, SUBSCRIPTION_COLUMNS);
    },
  }),
  decision('unblock', 'Let the owner of a subscription call its API again (publishers)'),
  decision('approve', 'Approve a subscription or change of plan that waits for approval (publishers)'),
  decision('reject', 'Reject a subscription or change of plan that waits for approval (publishers)'),
];

function decision(verb: string, about: string) {
  return defineCommand({
    name: `subscriptions ${verb}`,
    about,
    args: { subscription },
    examples: [`keybound subscriptions ${verb} 0b0f6a52-…`],
    run: async (context, { args }) => {
      const query = { subscriptionId: args.subscription };
      const answer = await context.rest.post(
        `${PUBLISHER}/subscriptions/${verb}-subscription`,
        undefined,
        query,
      );
      showDetails(context, answer, SubscriptionAnswer, SUBSCRIPTION_COLUMNS);
    },
  });
}

async function onlyPlan(rest: RestClient, apiId: string): Promise<string> {
  const { throttlingPolicies: plans = [] } = decode(
    ApiAnswer,
    await rest.get(pathOf(`${PORTAL}/apis`, apiId)),
  );
  const [plan, ...others] = plans;
  if (plan === undefined || others.length > 0) {
    throw usageFailure(`Pass --policy with one of ${plans.join(', ')}.`);
  }
  return plan;
}
