import { hash } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { parseJson } from '../parse-json.ts';

/** Most characters of a cursor that are read. */
const MAX_CURSOR_LENGTH = 4_096;
const BINDING_LENGTH = 22;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_SORT_KEY_BYTES = 1_024;

/** Where a list goes on: what DynamoDB takes for a sort key. */
export const Place = z
  .string()
  .refine((text) => text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= MAX_SORT_KEY_BYTES);

/**
 * Where long work or a long list goes on, as an opaque text. It is stored nowhere and not secret: it holds nothing that
 * its caller could not ask for anyway, so that changing it gives no access.
 * @param binding what the cursor is good for: the operation, the caller, the filter.
 * @param state where to go on; JSON.
 */
export function writeCursor(binding: unknown, state: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify([bindingOf(binding), state])).toString('base64url');
}

/** @throws Fault `bad_request` for what is no cursor, and for the cursor of another operation, caller or filter. */
export function readCursor<T>(field: string, cursor: string, binding: unknown, schema: z.ZodType<T>): T {
  const refuse = (message: string) =>
    new Fault('bad_request', 'The request is not valid.', { problems: [{ field, message }] });
  if (cursor.length > MAX_CURSOR_LENGTH) throw refuse('is too long to be a cursor from an answer');
  const reading = z
    .tuple([z.string(), schema])
    .safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!reading.success) throw refuse('must be a cursor from an answer, unchanged');
  const [bound, state] = reading.data;
  if (bound !== bindingOf(binding)) {
    throw refuse('belongs to another request: it works only with the same filter and the same caller');
  }
  return state;
}

function bindingOf(binding: unknown): string {
  return hash('sha256', JSON.stringify(binding), 'base64url').slice(0, BINDING_LENGTH);
}
