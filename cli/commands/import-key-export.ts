import { readFileSync } from 'node:fs';
import type { CommandContext } from '../command-context.ts';
import { errorCodeInBrackets } from '../error-code.ts';
import { CommandFailure } from '../failures.ts';
import { countOf } from '../output/count-of.ts';
import { tableLines } from '../output/table.ts';
import { readKeyExport, type ExportedKey } from '../parsing/aws-key-export.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { decode } from '../rest/rest-client.ts';

export interface KeyExportImport {
  readonly file: string;
  /** The keys of the API. */
  readonly path: string;
  /** What all keys have in common. */
  readonly body: object;
  readonly includeDisabled: boolean;
}

/** What became of one row; without its value. */
interface Outcome {
  readonly row: number;
  readonly name: string;
  readonly result: 'imported' | 'imported, suspended' | 'left out' | 'failed' | 'imported, but not suspended';
  readonly keyUUID?: string;
  readonly reason?: string;
}

/**
 * Imports each row of an API Gateway key export and reports them all.
 * @throws CommandFailure `failed` when a row could not be imported; `usage` when the file is none.
 */
export async function importKeyExport(context: CommandContext, request: KeyExportImport): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const key of readKeyExport(readText(request.file))) {
    outcomes.push(await importRow(context, request, key));
  }
  context.output.show({ count: outcomes.length, list: outcomes }, () =>
    tableLines(
      [
        { title: 'Row', value: ({ row }) => String(row) },
        { title: 'Name', value: ({ name }) => name },
        { title: 'Result', value: ({ result }) => result },
        { title: 'Id', value: ({ keyUUID }) => keyUUID ?? '-' },
        { title: 'Reason', value: ({ reason }) => reason ?? '' },
      ],
      outcomes,
    ),
  );
  const failed = outcomes.filter(
    ({ result }) => result === 'failed' || result === 'imported, but not suspended',
  );
  if (failed.length > 0) {
    throw new CommandFailure('failed', `${failed.length} of ${countOf(outcomes.length, 'row')} failed.`);
  }
}

async function importRow(
  { rest }: CommandContext,
  { path, body, includeDisabled }: KeyExportImport,
  { row, name, value, description, isEnabled, usagePlanIds, replacedBy }: ExportedKey,
): Promise<Outcome> {
  if (replacedBy !== undefined) {
    return { row, name, result: 'left out', reason: `row ${replacedBy} has the same key` };
  }
  if (!isEnabled && !includeDisabled) return { row, name, result: 'left out', reason: 'it is disabled' };
  let keyUUID: string | undefined;
  try {
    const metadata = usagePlanIds === '' ? {} : { metadata: { usagePlanIds } };
    const more = { ...(name !== '' && { keyName: name }), ...(description !== '' && { description }) };
    ({ keyUUID } = decode(
      KeyAnswer,
      await rest.create(`${path}/import`, { ...metadata, ...body, ...more, apikey: value }),
    ));
    if (isEnabled) return { row, name, result: 'imported', keyUUID };
    await rest.post(`${path}/suspend`, { keyUUID });
    return { row, name, result: 'imported, suspended', keyUUID };
  } catch (error) {
    // Without a session or a network, the other rows would fail as well.
    if (!(error instanceof CommandFailure) || error.kind !== 'failed') throw error;
    const reason = [error.message, ...error.details].join(' ');
    return keyUUID === undefined
      ? { row, name, result: 'failed', reason }
      : { row, name, result: 'imported, but not suspended', keyUUID, reason };
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new CommandFailure('usage', `${file} is not UTF-8 text.`);
    throw new CommandFailure('usage', `${file} cannot be read${errorCodeInBrackets(error)}.`);
  }
}
