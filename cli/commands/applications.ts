import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { APPLICATION_COLUMNS, APPLICATION_DETAILS } from '../output/columns.ts';
import { argument, choiceFlag, mapFlag, noteFlag, textFlag } from '../parsing/flags.ts';
import { ApplicationAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { resolveApplication } from '../rest/resolve.ts';
import { decode, pathOf, PORTAL } from '../rest/rest-client.ts';
import { showDetails, showList } from './show.ts';

const path = `${PORTAL}/applications`;
const application = argument('id or name of an application');

const fields = {
  policy: textFlag(
    'NAME',
    'one limit for all its subscriptions (keybound policies list --level application)',
  ),
  description: noteFlag('TEXT', 'description of the application'),
  'token-type': choiceFlag(['JWT', 'OAUTH'], 'token type, for WSO2 clients'),
  attribute: mapFlag('an attribute; replaces all existing attributes'),
};

export const applicationCommands = [
  defineCommand({
    name: 'applications list',
    about: 'List your applications',
    flags: { query: textFlag('TEXT', 'part of a name'), ...listFlags },
    examples: ['keybound applications list', 'keybound applications list --query pizza --json'],
    run: (context, { flags }) =>
      showList(context, {
        path,
        flags,
        query: { query: flags.query },
        schema: ApplicationAnswer,
        columns: APPLICATION_COLUMNS,
        none: 'You have no applications. Create one with keybound applications create NAME.',
      }),
  }),
  defineCommand({
    name: 'applications get',
    about: 'Show an application',
    args: { application },
    examples: ['keybound applications get "Pizza finder"'],
    run: async (context, { args }) => {
      const { id } = await resolveApplication(context.rest, args.application);
      showDetails(context, await context.rest.get(pathOf(path, id)), ApplicationAnswer, APPLICATION_DETAILS);
    },
  }),
  defineCommand({
    name: 'applications create',
    about: 'Create an application that can subscribe to APIs',
    args: { name: argument('name of the new application') },
    flags: fields,
    examples: [
      'keybound applications create "Pizza finder"',
      'keybound applications create Shop --policy 50PerMin --attribute team=web',
    ],
    run: async (context, { args, flags }) => {
      const body = { name: args.name, throttlingPolicy: flags.policy ?? 'Unlimited', ...bodyOf(flags) };
      showDetails(context, await context.rest.create(path, body), ApplicationAnswer, APPLICATION_DETAILS);
    },
  }),
  defineCommand({
    name: 'applications update',
    about: 'Change an application; omitted fields keep their values',
    args: { application },
    flags: { name: textFlag('NAME', 'new name'), ...fields },
    examples: ['keybound applications update "Pizza finder" --policy 20PerMin --description ""'],
    run: async (context, { args, flags }) => {
      const { rest } = context;
      const change = { ...(flags.name !== undefined && { name: flags.name }), ...bodyOf(flags) };
      if (Object.keys(change).length === 0) {
        throw usageFailure('Nothing to change. Pass a flag, for example --name NAME.');
      }
      const { id } = await resolveApplication(rest, args.application);
      const answer = await rest.change(pathOf(path, id), (json) => {
        const { name, throttlingPolicy, description, tokenType, attributes } = decode(
          ApplicationAnswer,
          json,
        );
        return { name, throttlingPolicy, description, tokenType, attributes, ...change };
      });
      showDetails(context, answer, ApplicationAnswer, APPLICATION_DETAILS);
    },
  }),
  defineCommand({
    name: 'applications delete',
    about: 'Delete an application with its subscriptions and application keys',
    args: { application },
    isDestructive: true,
    examples: ['keybound applications delete "Pizza finder"', 'keybound applications delete Shop --yes'],
    run: async ({ rest, output, confirm }, { args }) => {
      const { id, name } = await resolveApplication(rest, args.application);
      await confirm(`Delete the application ${name} with its subscriptions and application keys?`);
      await rest.remove(pathOf(path, id));
      output.done(`The application ${name} is deleted.`);
    },
  }),
];

function bodyOf(flags: {
  readonly policy?: string | undefined;
  readonly description?: string | undefined;
  readonly 'token-type'?: string | undefined;
  readonly attribute?: Record<string, string> | undefined;
}) {
  return {
    ...(flags.policy !== undefined && { throttlingPolicy: flags.policy }),
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags['token-type'] !== undefined && { tokenType: flags['token-type'] }),
    ...(flags.attribute !== undefined && { attributes: flags.attribute }),
  };
}
