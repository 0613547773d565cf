import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { anyKeyColumns } from '../output/columns.ts';
import { countOf } from '../output/count-of.ts';
import { tableLines } from '../output/table.ts';
import { momentFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { resolveApi } from '../rest/resolve.ts';
import { ADMIN, decode, PUBLISHER, type RestClient } from '../rest/rest-client.ts';

const BulkAnswer = z.object({
  list: z.array(z.unknown()),
  revoked: z.number(),
  nextOffset: z.number().optional(),
});

export const keyBulkCommands = [
  defineCommand({
    name: 'keys bulk-revoke',
    about: 'Revoke all keys that match, after a preview (administrators)',
    details: 'A key must match every filter that is given. Broken off, it can be run again.',
    flags: {
      owner: textFlag('USER', 'whose keys: name or subject'),
      application: textFlag('ID', 'id of an application'),
      api: textFlag('API', 'id, name or name:version of an API'),
      'created-before': momentFlag('keys that are older'),
      'unused-since': momentFlag('keys that were not used since'),
      reason: textFlag('TEXT', 'why, for the audit trail'),
      'dry-run': toggleFlag('only show which they are'),
    },
    isDestructive: true,
    examples: [
      'keybound keys bulk-revoke --owner alice --dry-run',
      'keybound keys bulk-revoke --api PizzaShackAPI --created-before 180d --reason "rotation" --yes',
    ],
    run: async ({ rest, output, confirm, now }, { flags }) => {
      const { owner, application, api, 'created-before': createdBefore, 'unused-since': unusedSince } = flags;
      const filter = {
        ...(owner !== undefined && { owner }),
        ...(application !== undefined && { applicationId: application }),
        ...(api !== undefined && { apiId: (await resolveApi(rest, api, PUBLISHER)).id }),
        ...(createdBefore !== undefined && { createdBefore: createdBefore(now()) }),
        ...(unusedSince !== undefined && { unusedSince: unusedSince(now()) }),
      };
      if (Object.keys(filter).length === 0)
        throw usageFailure('Say which keys, for example with --owner USER.');
      const preview = await bulkRevoke(rest, { filter, dryRun: true });
      const table = () =>
        tableLines(
          anyKeyColumns(now()),
          preview.list.map((key) => decode(KeyAnswer, key)),
        );
      if (flags['dry-run'] || preview.count === 0) {
        output.show(preview, table);
        output.note(`${countOf(preview.count, 'key')} found.`);
        return;
      }
      for (const line of table()) output.note(line);
      await confirm(`Revoke ${countOf(preview.count, 'key')} for good?`);
      const why = flags.reason === undefined ? {} : { reason: flags.reason };
      const answer = await bulkRevoke(rest, { filter, dryRun: false, ...why });
      output.show(answer, () => [`Keys revoked: ${answer.revoked}.`]);
    },
  }),
];

/** Goes through all keys: the server looks at some of them in each call. */
async function bulkRevoke(rest: RestClient, body: object) {
  const list: unknown[] = [];
  let revoked = 0;
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const answer: z.infer<typeof BulkAnswer> = decode(
      BulkAnswer,
      await rest.post(`${ADMIN}/api-keys/bulk-revoke`, { ...body, offset }),
    );
    list.push(...answer.list);
    revoked += answer.revoked;
    offset = answer.nextOffset;
  }
  return { count: list.length, revoked, list };
}
