import { defineCommand } from '../command.ts';
import { formatMoment } from '../output/moments.ts';
import type { Column } from '../output/table.ts';
import { momentFlag, textFlag } from '../parsing/flags.ts';
import { AuditEntryAnswer } from '../rest/answers.ts';
import { listFlags } from '../rest/read-list.ts';
import { ADMIN } from '../rest/rest-client.ts';
import { showList } from './show.ts';

const COLUMNS: readonly Column<AuditEntryAnswer>[] = [
  { title: 'When', value: ({ at }) => formatMoment(at) },
  { title: 'Who', value: ({ actorName, actor }) => actorName ?? actor ?? '-' },
  { title: 'What', value: ({ action }) => action ?? '-' },
  { title: 'Resource', value: ({ resourceId }) => resourceId ?? '-' },
  { title: 'From', value: ({ sourceIp }) => sourceIp ?? '-' },
];

export const auditCommands = [
  defineCommand({
    name: 'audit list',
    about: 'List who changed what, and when (administrators)',
    flags: {
      from: momentFlag('start: 2026-01-31, 2026-01-31T12:00:00Z, or a time ago such as 7d (default 7d)'),
      to: momentFlag('end, exclusive (default now)'),
      actor: textFlag('USER', 'only changes by this user'),
      resource: textFlag('ID', 'only changes of this resource'),
      ...listFlags,
    },
    examples: ['keybound audit list --from 7d', 'keybound audit list --actor alice --json'],
    run: (context, { flags }) =>
      showList(context, {
        path: `${ADMIN}/audit`,
        flags,
        query: {
          from: isoOf(flags.from, context.now()),
          to: isoOf(flags.to, context.now()),
          actor: flags.actor,
          resource: flags.resource,
        },
        schema: AuditEntryAnswer,
        columns: COLUMNS,
        none: 'There are no entries.',
      }),
  }),
];

function isoOf(moment: ((now: number) => number) | undefined, now: number): string | undefined {
  return moment === undefined ? undefined : new Date(moment(now)).toISOString();
}
