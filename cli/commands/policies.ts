import { defineCommand } from '../command.ts';
import type { CommandContext } from '../command-context.ts';
import { usageFailure } from '../failures.ts';
import { argument, choiceFlag, noteFlag, textFlag, toggleFlag, wholeNumberFlag } from '../parsing/flags.ts';
import { ListedPolicyAnswer, PolicyAnswer } from '../rest/answers.ts';
import { listFlags, readAll } from '../rest/read-list.ts';
import { onlyOne } from '../rest/resolve.ts';
import { ADMIN, decode, pathOf, PORTAL, type RestClient } from '../rest/rest-client.ts';
import { policyBody } from './policy-body.ts';
import { LISTED_POLICY_COLUMNS, POLICY_DETAILS } from './policy-columns.ts';
import { showDetails, showList } from './show.ts';

const level = choiceFlag(['subscription', 'application'], 'kind of policy (default subscription)');
const policy = argument('name or id of a policy');
const MOST = 1_000_000_000;

const limits = {
  requests: wholeNumberFlag('NUMBER', 1, MOST, 'number of calls'),
  per: textFlag('DURATION', 'window: 30sec, 1min, 12hour, 1day, 1month (default 1min)'),
  burst: wholeNumberFlag('NUMBER', 1, MOST, 'number of calls in a burst'),
  'burst-per': choiceFlag(['sec', 'min'], 'window of a burst (default sec)'),
  description: noteFlag('TEXT', 'description for developers'),
  'on-counter-failure': choiceFlag(
    ['refuse', 'admit'],
    'whether to refuse or admit calls while the counter does not answer (default refuse)',
  ),
};

export const policyCommands = [
  defineCommand({
    name: 'policies list',
    about: 'List the throttling policies for subscriptions or applications',
    flags: { level, ...listFlags },
    examples: ['keybound policies list', 'keybound policies list --level application'],
    run: (context, { flags }) =>
      showList(context, {
        path: pathOf(`${PORTAL}/throttling-policies`, flags.level ?? 'subscription'),
        flags,
        schema: ListedPolicyAnswer,
        columns: LISTED_POLICY_COLUMNS,
        none: 'There are no policies.',
      }),
  }),
  defineCommand({
    name: 'policies get',
    about: 'Show a policy (administrators)',
    args: { policy },
    flags: { level },
    examples: ['keybound policies get Gold', 'keybound policies get 10PerMin --level application'],
    run: async (context, { args, flags }) => {
      const { path } = await resolvePolicy(context.rest, args.policy, flags.level);
      show(context, await context.rest.get(path));
    },
  }),
  defineCommand({
    name: 'policies create',
    about: 'Create a policy (administrators)',
    args: { name: argument('name of the new policy') },
    flags: { level, ...limits, soft: toggleFlag('count calls above the limit, but do not refuse them') },
    examples: [
      'keybound policies create Platinum --requests 10000 --per 1min --burst 500',
      'keybound policies create 100PerHour --level application --requests 100 --per 1hour',
    ],
    run: async (context, { args, flags }) => {
      if (flags.requests === undefined) throw usageFailure('Pass --requests NUMBER.');
      const body = policyBody({ policyName: args.name }, flags);
      show(context, await context.rest.create(pathOf(policiesPath(flags.level)), body));
    },
  }),
  defineCommand({
    name: 'policies update',
    about: 'Change a policy; omitted fields keep their values (administrators)',
    args: { policy },
    flags: { level, ...limits },
    examples: ['keybound policies update Platinum --requests 20000'],
    run: async (context, { args, flags }) => {
      if (
        [
          flags.requests,
          flags.per,
          flags.burst,
          flags['burst-per'],
          flags.description,
          flags['on-counter-failure'],
        ].every((flag) => flag === undefined)
      ) {
        throw usageFailure('Nothing to change. Pass a flag, for example --requests NUMBER.');
      }
      const { path } = await resolvePolicy(context.rest, args.policy, flags.level);
      show(
        context,
        await context.rest.change(path, (current) => policyBody(decode(PolicyAnswer, current), flags)),
      );
    },
  }),
  defineCommand({
    name: 'policies delete',
    about: 'Delete an unused policy (administrators)',
    args: { policy },
    flags: { level },
    isDestructive: true,
    examples: ['keybound policies delete Platinum --yes'],
    run: async ({ rest, output, confirm }, { args, flags }) => {
      const { path, name } = await resolvePolicy(rest, args.policy, flags.level);
      await confirm(`Delete the policy ${name}?`);
      await rest.remove(path);
      output.done(`The policy ${name} is deleted.`);
    },
  }),
];

function show(context: CommandContext, answer: unknown): void {
  showDetails(context, answer, PolicyAnswer, POLICY_DETAILS);
}

async function resolvePolicy(rest: RestClient, wanted: string, wantedLevel: string | undefined) {
  const path = policiesPath(wantedLevel);
  const policies = await readAll(rest, path, PolicyAnswer);
  const found = policies
    .filter(({ policyId, policyName }) => policyId === wanted || policyName === wanted)
    .map(({ policyId, policyName }) => ({ id: policyId, name: policyName }));
  const { id, name } = onlyOne(
    'policy',
    wanted,
    found,
    policies.map(({ policyName }) => policyName),
  );
  return { path: pathOf(path, id), name };
}

function policiesPath(wanted = 'subscription'): string {
  return `${ADMIN}/throttling/policies/${wanted}`;
}
