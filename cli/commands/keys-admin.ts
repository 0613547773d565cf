import type { CommandContext } from '../command-context.ts';
import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { anyKeyColumns, anyKeyDetails, LOOKED_UP_DETAILS } from '../output/columns.ts';
import { argument, requiredFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { AnyKeyAnswer, LookedUpAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { ADMIN, decode } from '../rest/rest-client.ts';
import { detailLines } from '../output/table.ts';
import { keyFilterFlags, keyFilterOf } from './key-filter-flags.ts';
import { readKeyValue } from './read-key-value.ts';
import { showDetails, showList } from './show.ts';

const path = `${ADMIN}/api-keys`;
const key = argument('id of a key');

export const keyAdminCommands = [
  defineCommand({
    name: 'keys all',
    about: 'List the keys of all owners (administrators)',
    details: 'A key must match all filters. --status revoked lists revoked keys.',
    flags: { ...keyFilterFlags, ...listFlags },
    examples: [
      'keybound keys all --limit 100',
      'keybound keys all --api PizzaShackAPI --unused-since 90d --all',
      'keybound keys all --called-from 203.0.113.7 --called-since 2d --all',
    ],
    run: async (context, { flags: { limit, offset, all, ...filter } }) =>
      showList(context, {
        path,
        flags: { limit, offset, all },
        query: await keyFilterOf(context.rest, filter, context.now()),
        schema: AnyKeyAnswer,
        columns: anyKeyColumns(context.now()),
        none: 'There are no keys.',
      }),
  }),
  defineCommand({
    name: 'keys look-up',
    about: "Find the key that a value belongs to, any owner's (administrators)",
    details:
      'Also finds values that were revoked or replaced in the last thirty days. The value is sent in the body of the request.',
    flags: {
      'value-stdin': toggleFlag('read the value from standard input'),
      sha256: textFlag('DIGEST', 'SHA-256 of the value, instead of the value'),
    },
    examples: ['keybound keys look-up --value-stdin < found.key', 'keybound keys look-up --sha256 "$DIGEST"'],
    run: async ({ rest, output, terminal, now }, { flags }) => {
      if (flags['value-stdin'] === (flags.sha256 !== undefined)) {
        throw usageFailure('Pass either --value-stdin or --sha256 DIGEST.');
      }
      const body =
        flags.sha256 === undefined ? { apikey: await readKeyValue(terminal) } : { sha256: flags.sha256 };
      const answer = await rest.post(`${path}/look-up`, body);
      const { key: found, value } = decode(LookedUpAnswer, answer);
      output.show(answer, () => [
        ...detailLines(anyKeyDetails(now()), found),
        ...detailLines(LOOKED_UP_DETAILS, value),
      ]);
    },
  }),
  defineCommand({
    name: 'keys suspend-any',
    about: "Suspend any owner's key; the owner cannot resume it (administrators)",
    args: { key },
    flags: { reason: requiredFlag('TEXT', 'reason, for the audit trail and the event') },
    examples: ['keybound keys suspend-any 6f1c2d34-… --reason "looks leaked"'],
    run: (context, { args, flags: { reason } }) => change(context, 'suspend', { keyUUID: args.key, reason }),
  }),
  defineCommand({
    name: 'keys resume-any',
    about: "Resume any owner's suspended key (administrators)",
    args: { key },
    examples: ['keybound keys resume-any 6f1c2d34-…'],
    run: (context, { args }) => change(context, 'resume', { keyUUID: args.key }),
  }),
  defineCommand({
    name: 'keys revoke-any',
    about: "Revoke any owner's key permanently (administrators)",
    args: { key },
    flags: { reason: textFlag('TEXT', 'reason, for the audit trail') },
    isDestructive: true,
    examples: ['keybound keys revoke-any 6f1c2d34-… --reason "reported as leaked"'],
    run: async ({ rest, output, confirm }, { args, flags: { reason } }) => {
      await confirm(`Revoke the key ${args.key} permanently?`);
      await rest.post(`${path}/revoke`, { keyUUID: args.key, ...(reason !== undefined && { reason }) });
      output.done(`The key ${args.key} is revoked.`);
    },
  }),
];

async function change(context: CommandContext, verb: string, body: object): Promise<void> {
  const answer = await context.rest.post(`${path}/${verb}`, body);
  showDetails(context, answer, AnyKeyAnswer, anyKeyDetails(context.now()));
}
