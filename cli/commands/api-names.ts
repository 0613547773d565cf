import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { argument, textFlag } from '../parsing/flags.ts';
import { ApiNameAnswer } from '../rest/answers.ts';
import { listFlags, readAll } from '../rest/read-list.ts';
import { isId, onlyOne, type Named } from '../rest/resolve.ts';
import { ADMIN, pathOf, type RestClient } from '../rest/rest-client.ts';
import { showList } from './show.ts';

const path = `${ADMIN}/api-names`;

export const apiNameCommands = [
  defineCommand({
    name: 'apis names',
    about: 'List API names and the stacks they belong to, including unregistered APIs (administrators)',
    flags: listFlags,
    examples: ['keybound apis names', 'keybound apis names --all --json'],
    run: (context, { flags }) =>
      showList(context, {
        path,
        flags,
        schema: ApiNameAnswer,
        columns: [
          { title: 'Name', value: ({ name }) => name },
          { title: 'Version', value: ({ version }) => version },
          { title: 'Stack', value: ({ stackName }) => stackName },
          { title: 'Registered', value: ({ registered }) => (registered ? 'yes' : 'no') },
          { title: 'Released to', value: ({ releasedTo }) => releasedTo ?? '-' },
          { title: 'Id', value: ({ apiId }) => apiId },
        ],
        none: 'No API has ever been registered.',
      }),
  }),
  defineCommand({
    name: 'apis release',
    about: "Hand an API's name and keys over to another stack (administrators)",
    details: [
      'The name and version of an API belong to the stack that registered them first, even after that stack',
      'unregisters them. After a release, the other stack can register them. Keys keep working: they open',
      'the API that the other stack registers.',
    ].join(' '),
    args: { api: argument('id, name or name:version of an API, registered or not') },
    flags: { 'to-stack': textFlag('STACK', 'the CloudFormation stack that takes the name over') },
    isDestructive: true,
    examples: ['keybound apis release PizzaShackAPI:1.0.0 --to-stack NewPizza'],
    run: async ({ rest, output, confirm }, { args, flags: { 'to-stack': stackName } }) => {
      if (stackName === undefined) {
        throw usageFailure('Pass --to-stack STACK: the stack that takes the name over.');
      }
      const { id, name } = await resolveName(rest, args.api);
      await confirm(
        `Let the stack ${stackName} register ${name}? Existing keys will then open the API that it registers.`,
      );
      await rest.post(pathOf(path, id, 'release'), { stackName });
      output.done(`The stack ${stackName} can register ${name}.`);
    },
  }),
];

/** Looks among all names, not just registered APIs: a released name is often no longer registered. */
async function resolveName(rest: RestClient, wanted: string): Promise<Named> {
  if (isId(wanted)) return { id: wanted, name: wanted };
  const names = (await readAll(rest, path, ApiNameAnswer)).map(({ apiId, name, version }) => ({
    id: apiId,
    name: `${name}:${version}`,
    isWanted: [name, `${name}:${version}`].some((text) => text.toLowerCase() === wanted.toLowerCase()),
  }));
  return onlyOne(
    'API',
    wanted,
    names.filter(({ isWanted }) => isWanted),
    names.map(({ name }) => name),
  );
}
