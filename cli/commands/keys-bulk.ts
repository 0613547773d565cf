import type { CommandContext } from '../command-context.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure, usageFailure } from '../failures.ts';
import { anyKeyColumns } from '../output/columns.ts';
import { countOf } from '../output/count-of.ts';
import { tableLines, type Column } from '../output/table.ts';
import { textFlag, toggleFlag } from '../parsing/flags.ts';
import { bulkRevoke, type BulkKey, type BulkReport } from '../rest/bulk-revoke.ts';
import { keyFilterFlags, keyFilterOf } from './key-filter-flags.ts';

export const keyBulkCommands = [
  defineCommand({
    name: 'keys bulk-revoke',
    about: 'Revoke all matching keys, after a preview (administrators)',
    details: [
      'A key must match all filters. The server works in steps and reports each key. If interrupted, run the',
      'same command again, or continue with --resume and the token that it printed. Keys that are already',
      'revoked are reported as such.',
    ].join(' '),
    flags: {
      ...keyFilterFlags,
      reason: textFlag('TEXT', 'reason, for the audit trail'),
      'dry-run': toggleFlag('only show the keys'),
      resume: textFlag('TOKEN', 'continue an interrupted run with its filter and reason'),
    },
    isDestructive: true,
    examples: [
      'keybound keys bulk-revoke --owner alice --dry-run',
      'keybound keys bulk-revoke --api PizzaShackAPI --created-before 180d --reason "rotation" --yes',
    ],
    run: async (context, { flags: { reason, 'dry-run': isDryRun, resume, ...flags } }) => {
      const { rest, output, confirm, now } = context;
      const filter = await keyFilterOf(rest, flags, now());
      if (resume !== undefined) {
        if (isDryRun || reason !== undefined || Object.keys(filter).length > 0) {
          throw usageFailure(
            '--resume uses the filter and the reason of the interrupted run. Omit the other flags.',
          );
        }
        await confirm('Continue to revoke keys permanently?');
        await runSteps(context, { nextToken: resume }, (report) => finish(context, report));
        return;
      }
      if (Object.keys(filter).length === 0) {
        throw usageFailure('Pass at least one filter, for example --owner USER.');
      }
      const preview = await runSteps(context, { filter, dryRun: true }, (report) => report);
      const open = preview.keys.filter(({ outcome }) => outcome === 'FOUND');
      const found = `${countOf(open.length, 'key')} found${preview.progress.alreadyEnded > 0 ? `, ${preview.progress.alreadyEnded} revoked already` : ''}.`;
      if (isDryRun || open.length === 0) {
        output.show(answerOf(preview), () => lines(preview.keys, now()));
        output.note(found);
        return;
      }
      for (const line of lines(open, now())) output.note(line);
      await confirm(`Revoke ${countOf(open.length, 'key')} permanently?`);
      const why = reason === undefined ? {} : { reason };
      await runSteps(context, { filter, dryRun: false, ...why }, (report) => finish(context, report));
    },
  }),
];

/**
 * Goes through all keys, and says how to continue when it is interrupted. It listens until `show` returns, so that no
 * interrupt comes between the last step and its report.
 */
async function runSteps<Shown>(
  { rest, output, terminal }: CommandContext,
  body: object,
  show: (report: BulkReport) => Shown,
): Promise<Shown> {
  // Only what the server answered is shown: what was typed can be something else, and secret.
  let token: string | undefined;
  let isLong = 'nextToken' in body;
  const isDryRun = 'dryRun' in body && body.dryRun === true;
  const sayHowToContinue = () => {
    if (isDryRun) return;
    const how = token === undefined ? '.' : ', or continue with:';
    output.note(`Not all keys were checked. Run the command again${how}`);
    if (token !== undefined) output.note(`  keybound keys bulk-revoke --resume ${token}`);
  };
  const stopListening = terminal.onInterrupt?.(sayHowToContinue);
  try {
    const report = await bulkRevoke(rest, body, ({ progress, nextToken }) => {
      // Work that takes one step needs no report of progress.
      isLong ||= nextToken !== undefined;
      if (!isLong) return;
      token = nextToken ?? token;
      const { seen, found, revoked, alreadyEnded, failed } = progress;
      output.note(
        isDryRun
          ? `Looked at ${countOf(seen, 'key')}: ${found} match.`
          : `Looked at ${countOf(seen, 'key')}: ${revoked} revoked, ${alreadyEnded} revoked already, ${failed} failed.`,
      );
    }).catch((error: unknown) => {
      sayHowToContinue();
      throw error;
    });
    return show(report);
  } finally {
    stopListening?.();
  }
}

/** @throws CommandFailure `failed` when a key could not be revoked. */
function finish({ output, now }: CommandContext, report: BulkReport): void {
  const { revoked, alreadyEnded, failed } = report.progress;
  output.show(answerOf(report), () => [
    ...lines(report.keys, now()),
    `Keys revoked: ${revoked}.${alreadyEnded > 0 ? ` Revoked already: ${alreadyEnded}.` : ''}`,
  ]);
  if (failed === 0) return;
  throw new CommandFailure(
    'failed',
    `${countOf(failed, 'key')} could not be revoked. Run the command again.`,
    report.keys.flatMap(({ keyUUID, failure }) =>
      failure === undefined ? [] : [`${keyUUID}  ${failure.message}`],
    ),
  );
}

function answerOf({ keys, progress }: BulkReport) {
  return { count: keys.length, revoked: progress.revoked, list: keys, progress };
}

function lines(keys: readonly BulkKey[], now: number): readonly string[] {
  const outcome: Column<BulkKey> = {
    title: 'Outcome',
    value: ({ outcome: became }) => became.toLowerCase().replaceAll('_', ' '),
  };
  return keys.length === 0 ? [] : tableLines([...anyKeyColumns(now), outcome], keys);
}
