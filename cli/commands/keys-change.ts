import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { keyDetails } from '../output/columns.ts';
import { argument, durationFlag, requiredFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { resolveApplication, resolveKey, type FoundKey } from '../rest/resolve.ts';
import { decode, pathOf, type RestClient } from '../rest/rest-client.ts';
import { keyBodyOf, keyFields, noteWarnings, showIssuedKey } from './key-fields.ts';
import { showDetails } from './show.ts';

const key = argument('id or name of a key');
const api = textFlag('API', 'API of the key, if several keys have this name');

export const keyChangeCommands = [
  defineCommand({
    name: 'keys update',
    about: "Change a key's name, restrictions, expiry, description or metadata; its value stays",
    args: { key },
    flags: {
      api,
      ...keyFields,
      'any-ip': toggleFlag('remove the IP restriction'),
      'any-referrer': toggleFlag('remove the referrer restriction'),
    },
    examples: [
      'keybound keys update "My first key" --valid-for 30d --ip 203.0.113.7',
      'keybound keys update "My first key" --any-ip',
    ],
    run: async (context, { args, flags }) => {
      const { rest, output } = context;
      if (flags['any-ip'] && flags.ip !== undefined) {
        throw usageFailure('--any-ip cannot be combined with --ip.');
      }
      if (flags['any-referrer'] && flags.referrer !== undefined) {
        throw usageFailure('--any-referrer cannot be combined with --referrer.');
      }
      const body = keyBodyOf({
        ...flags,
        ...(flags['any-ip'] && { ip: [] }),
        ...(flags['any-referrer'] && { referrer: [] }),
      });
      if (Object.keys(body).length === 0) {
        throw usageFailure('Nothing to change. Pass a flag, for example --name NAME.');
      }
      const { id, path } = await keyOfApi(rest, args.key, flags.api);
      const answer = await rest.patch(pathOf(path, id), body);
      showDetails(context, answer, KeyAnswer, keyDetails(context.now()));
      noteWarnings(output, decode(KeyAnswer, answer));
    },
  }),
  defineCommand({
    name: 'keys regenerate',
    about: 'Give a key a new value',
    details: 'The previous value is refused at the next request or, with --grace, after the grace period.',
    args: { key },
    flags: { api, grace: durationFlag('how long both values work, up to 30d', { canBeNever: false }) },
    isDestructive: true,
    examples: [
      'KEY=$(keybound keys regenerate "My first key" --grace 24h)',
      'keybound keys regenerate Shop --yes',
    ],
    run: async (context, { args, flags: { api: apiName, grace = 0 } }) => {
      const { rest, confirm } = context;
      const { id, name, path } = await resolveKey(rest, args.key, apiName);
      if (grace === 0) {
        await confirm(`Replace the value of ${name} now? The current value stops working at once.`);
      }
      showIssuedKey(context, await rest.create(`${path}/regenerate`, { keyUUID: id, gracePeriod: grace }));
    },
  }),
  keyOperation('end-grace', 'End the grace period: the previous value is refused', 'End the grace period of'),
  keyOperation('suspend', 'Refuse the calls of a key until it is resumed'),
  keyOperation('resume', 'Resume a suspended key'),
  defineCommand({
    name: 'keys associate',
    about: 'Associate a key with an application, whose subscription it then uses',
    args: { key },
    flags: { api, application: requiredFlag('APPLICATION', 'id or name') },
    examples: ['keybound keys associate "My first key" --application "Pizza finder"'],
    run: async ({ rest, output }, { args, flags }) => {
      const { id: applicationUUID, name: application } = await resolveApplication(rest, flags.application);
      const { id, name, path } = await keyOfApi(rest, args.key, flags.api);
      const answer = await rest.post(`${path}/associate`, { keyUUID: id, applicationUUID });
      output.show(answer, () => [`The key ${name} is associated with ${application}.`]);
    },
  }),
  defineCommand({
    name: 'keys dissociate',
    about: 'Remove a key from its application',
    args: { key },
    flags: { api },
    examples: ['keybound keys dissociate "My first key"'],
    run: async ({ rest, output }, { args, flags }) => {
      const { id, name, path } = await keyOfApi(rest, args.key, flags.api);
      await rest.post(`${path}/dissociate`, { keyUUID: id });
      output.done(`The key ${name} belongs to no application.`);
    },
  }),
];

/** @param question begins what is asked before; absent: it can be undone. */
function keyOperation(verb: string, about: string, question?: string) {
  return defineCommand({
    name: `keys ${verb}`,
    about,
    args: { key },
    flags: { api },
    isDestructive: question !== undefined,
    examples: [`keybound keys ${verb} "My first key"`],
    run: async (context, { args, flags }) => {
      const { rest, confirm } = context;
      const { id, name, path } = await keyOfApi(rest, args.key, flags.api);
      if (question !== undefined) await confirm(`${question} ${name}?`);
      showDetails(
        context,
        await rest.post(`${path}/${verb}`, { keyUUID: id }),
        KeyAnswer,
        keyDetails(context.now()),
      );
    },
  });
}

async function keyOfApi(rest: RestClient, wanted: string, apiName: string | undefined): Promise<FoundKey> {
  const found = await resolveKey(rest, wanted, apiName);
  if (found.isApplicationKey) {
    throw usageFailure(
      `${found.name} belongs to an application. This command works for keys of single APIs only.`,
    );
  }
  return found;
}
