import type { CommandContext } from '../command-context.ts';
import { defineCommand } from '../command.ts';
import { usageLines } from '../output/usage-columns.ts';
import { argument, choiceFlag, momentFlag, toggleFlag } from '../parsing/flags.ts';
import { UsageAnswer } from '../rest/answers.ts';
import { resolveAskedKey } from '../rest/resolve-asked-key.ts';
import { resolveApi, resolveApplication } from '../rest/resolve.ts';
import { ADMIN, decode, pathOf, PORTAL, PUBLISHER } from '../rest/rest-client.ts';
import { askedKeyFlags, checkAskedKey } from './asked-key-flags.ts';

const usageFlags = {
  from: momentFlag('not before: 2026-01-31, or a time ago such as 7d (default 24h, by day 7d)'),
  to: momentFlag('before (default now)'),
  by: choiceFlag(['hour', 'day'], 'how finely (default hour; days are those of UTC)'),
  csv: toggleFlag('print the list as CSV'),
  any: toggleFlag("whoever's it is; named by id (administrators)"),
} as const;

interface UsageFlags {
  readonly from?: ((now: number) => number) | undefined;
  readonly to?: ((now: number) => number) | undefined;
  readonly by?: string | undefined;
  readonly csv: boolean;
}

export const usageCommands = [
  defineCommand({
    name: 'usage key',
    about: 'Show how often a key was called with, from where, and with what result',
    details: 'Counts follow the calls within minutes.',
    args: { key: argument('id or name of a key') },
    flags: {
      ...askedKeyFlags,
      ...usageFlags,
    },
    examples: [
      'keybound usage key "My first key"',
      'keybound usage key Shop --from 30d --by day --csv > calls.csv',
    ],
    run: async (context, { args, flags }) => {
      checkAskedKey(flags);
      if (flags.any) {
        await showUsage(context, pathOf(`${ADMIN}/usage/api-keys`, args.key), flags);
        return;
      }
      const { id, path } = await resolveAskedKey(context.rest, args.key, flags);
      await showUsage(context, pathOf(path, id, 'usage'), flags);
    },
  }),
  defineCommand({
    name: 'usage application',
    about: 'Show how often the keys of an application were called with',
    details: 'Counts follow the calls within minutes.',
    args: { application: argument('id or name of an application') },
    flags: usageFlags,
    examples: ['keybound usage application "Pizza finder" --from 7d --by day'],
    run: async (context, { args, flags }) => {
      const path = flags.any
        ? pathOf(`${ADMIN}/usage/applications`, args.application)
        : pathOf(
            `${PORTAL}/applications`,
            (await resolveApplication(context.rest, args.application)).id,
            'usage',
          );
      await showUsage(context, path, flags);
    },
  }),
  defineCommand({
    name: 'usage api',
    about: 'Show how often an API was called, and with what result (publishers)',
    details: 'Counts follow the calls within minutes.',
    args: { api: argument('id, name or name:version of an API') },
    flags: usageFlags,
    examples: ['keybound usage api PizzaShackAPI --from 2026-01-01 --to 2026-02-01 --by day --json'],
    run: async (context, { args, flags }) => {
      const path = flags.any
        ? pathOf(`${ADMIN}/usage/apis`, args.api)
        : pathOf(`${PUBLISHER}/apis`, (await resolveApi(context.rest, args.api, PUBLISHER)).id, 'usage');
      await showUsage(context, path, flags);
    },
  }),
];

async function showUsage(
  { rest, output, terminal, now }: CommandContext,
  path: string,
  { from, to, by, csv }: UsageFlags,
): Promise<void> {
  const query = { from: isoOf(from, now()), to: isoOf(to, now()), granularity: by };
  if (csv) {
    const { text } = await rest.send('GET', { path, query: { ...query, format: 'csv' } });
    terminal.print(text.replaceAll('\r\n', '\n').trimEnd());
    return;
  }
  const answer = await rest.get(path, query);
  output.show(answer, () => usageLines(decode(UsageAnswer, answer)));
}

function isoOf(moment: ((now: number) => number) | undefined, now: number): string | undefined {
  return moment === undefined ? undefined : new Date(moment(now)).toISOString();
}
