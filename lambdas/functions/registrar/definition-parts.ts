import { apiDefinitionPartItemKey } from '../../platform/dynamodb/keys.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { createOrOwn, removeOwn } from '../../platform/dynamodb/writes.ts';
import type { Registrar } from './register-api.ts';
import { DefinitionPart } from '../../contract/registration.ts';

/**
 * Writes a part of a large document. Nothing reads it before the registration of its API names the digest of the whole,
 * and what is read is compared with that: so it has no entry in the audit log of its own, and whose API it is, the
 * registration decides.
 * @returns the id of the part: another document has others, whose old ones CloudFormation then deletes.
 * @throws Error when another stack has brought the same part.
 */
export async function storeDefinitionPart(
  { store }: Registrar,
  stackId: string,
  { apiId, digest, part, content }: DefinitionPart,
): Promise<string> {
  try {
    await writeAll(store, [
      createOrOwn(apiDefinitionPartItemKey(apiId, digest, part), { part, content, stackId }, own(stackId)),
    ]);
  } catch (error) {
    if (!isAnothers(error)) throw error;
    throw new Error('another stack has already registered this document', { cause: error });
  }
  return `keybound-definition-${apiId}-${digest}-${part}`;
}

/** Does nothing when the part is gone, or another stack's. */
export async function deleteDefinitionPart(
  { store }: Registrar,
  stackId: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { data } = DefinitionPart.safeParse(properties);
  if (data === undefined) return;
  try {
    await writeAll(store, [
      removeOwn(apiDefinitionPartItemKey(data.apiId, data.digest, data.part), own(stackId)),
    ]);
  } catch (error) {
    if (!isAnothers(error)) throw error;
  }
}

function isAnothers(error: unknown): boolean {
  return error instanceof WriteConflict && error.unmet.length > 0;
}

function own(stackId: string) {
  return { attribute: 'stackId', equals: stackId };
}
