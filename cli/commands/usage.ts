import type { CommandContext } from '../command-context.ts';
import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { usageLines } from '../output/usage-columns.ts';
import { argument, choiceFlag, momentFlag, toggleFlag } from '../parsing/flags.ts';
import { UsageAnswer } from '../rest/answers.ts';
import { resolveAskedKey } from '../rest/resolve-asked-key.ts';
import { resolveApi, resolveApplication } from '../rest/resolve.ts';
import { ADMIN, decode, pathOf, PORTAL, PUBLISHER } from '../rest/rest-client.ts';
import { askedKeyFlags, checkAskedKey } from './asked-key-flags.ts';

const usageFlags = {
  from: momentFlag('start: 2026-01-31, or a time ago such as 7d (default 24h; by day 7d)'),
  to: momentFlag('end, exclusive (default now)'),
  by: choiceFlag(['hour', 'day'], 'granularity (default hour; days are in UTC)'),
  csv: toggleFlag('print one list as CSV'),
  any: toggleFlag("any owner's, needs the id (administrators)"),
} as const;

const listFlag = choiceFlag(['calls', 'refusals'], 'with --csv: the list to print (default calls)');
const keyListFlag = choiceFlag(
  ['calls', 'refusals', 'addresses'],
  'with --csv: the list to print (default calls)',
);

interface UsageFlags {
  readonly from?: ((now: number) => number) | undefined;
  readonly to?: ((now: number) => number) | undefined;
  readonly by?: string | undefined;
  readonly csv: boolean;
  readonly list?: string | undefined;
}

export const usageCommands = [
  defineCommand({
    name: 'usage key',
    about: 'Show how often a key was used, from where, and with what result',
    details: 'Calls are counted within minutes.',
    args: { key: argument('id or name of a key') },
    flags: {
      ...askedKeyFlags,
      ...usageFlags,
      list: keyListFlag,
    },
    examples: [
      'keybound usage key "My first key"',
      'keybound usage key Shop --from 30d --by day --csv > calls.csv',
      'keybound usage key Shop --from 30d --by day --csv --list addresses > addresses.csv',
    ],
    run: async (context, { args, flags }) => {
      checkAskedKey(flags);
      await showUsage(context, flags, async () => {
        if (flags.any) return pathOf(`${ADMIN}/usage/api-keys`, args.key);
        const { id, path } = await resolveAskedKey(context.rest, args.key, flags);
        return pathOf(path, id, 'usage');
      });
    },
  }),
  defineCommand({
    name: 'usage application',
    about: 'Show how often the keys of an application were used',
    details: 'Calls are counted within minutes.',
    args: { application: argument('id or name of an application') },
    flags: { ...usageFlags, list: listFlag },
    examples: ['keybound usage application "Pizza finder" --from 7d --by day'],
    run: (context, { args, flags }) =>
      showUsage(context, flags, async () => {
        if (flags.any) return pathOf(`${ADMIN}/usage/applications`, args.application);
        const { id } = await resolveApplication(context.rest, args.application);
        return pathOf(`${PORTAL}/applications`, id, 'usage');
      }),
  }),
  defineCommand({
    name: 'usage api',
    about: 'Show how often an API was called, and with what result (publishers)',
    details: 'Calls are counted within minutes.',
    args: { api: argument('id, name or name:version of an API') },
    flags: { ...usageFlags, list: listFlag },
    examples: ['keybound usage api PizzaShackAPI --from 2026-01-01 --to 2026-02-01 --by day --json'],
    run: (context, { args, flags }) =>
      showUsage(context, flags, async () => {
        if (flags.any) return pathOf(`${ADMIN}/usage/apis`, args.api);
        const { id } = await resolveApi(context.rest, args.api, PUBLISHER);
        return pathOf(`${PUBLISHER}/apis`, id, 'usage');
      }),
  }),
];

async function showUsage(
  { rest, output, terminal, now }: CommandContext,
  { from, to, by, csv, list }: UsageFlags,
  findPath: () => Promise<string>,
): Promise<void> {
  if (list !== undefined && !csv) {
    throw usageFailure('--list needs --csv. Without --csv, all lists are shown.');
  }
  const path = await findPath();
  const query = { from: isoOf(from, now()), to: isoOf(to, now()), granularity: by };
  if (csv) {
    const { text } = await rest.send('GET', { path, query: { ...query, format: 'csv', list } });
    terminal.print(text.replaceAll('\r\n', '\n').trimEnd());
    return;
  }
  const answer = await rest.get(path, query);
  output.show(answer, () => usageLines(decode(UsageAnswer, answer)));
}

function isoOf(moment: ((now: number) => number) | undefined, now: number): string | undefined {
  return moment === undefined ? undefined : new Date(moment(now)).toISOString();
}
