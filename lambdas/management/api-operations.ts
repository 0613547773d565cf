import { z } from 'zod';
import { ApiDefinitionItem } from '../platform/dynamodb/items.ts';
import { apiDefinitionKey } from '../platform/dynamodb/keys.ts';
import { readItem } from '../platform/dynamodb/read-items.ts';
import { parseJson } from '../platform/parse-json.ts';
import type { TableAccess } from './management.ts';

/** An operation of an API as WSO2 lists it. */
export interface ApiOperation {
  /** The `operationId`, if the document gives one. */
  readonly id?: string;
  readonly target: string;
  /** Upper case. */
  readonly verb: string;
}

const VERBS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
const Paths = z.object({ paths: z.record(z.string(), z.unknown()) });
const PathItem = z.record(z.string(), z.unknown());
const Named = z.object({ operationId: z.string() });

/** The operations of an API, from its OpenAPI document; none where it has no document. */
export async function readOperations(
  { store }: TableAccess,
  apiId: string,
): Promise<readonly ApiOperation[]> {
  const item = await readItem(store, apiDefinitionKey(apiId), ApiDefinitionItem);
  const document = Paths.safeParse(item === undefined ? undefined : parseJson(item.definition));
  return Object.entries(document.data?.paths ?? {}).flatMap(([target, path]) => {
    const operations = PathItem.safeParse(path).data ?? {};
    return VERBS.filter((verb) => verb in operations).map((verb) => {
      const id = Named.safeParse(operations[verb]).data?.operationId;
      return { ...(id !== undefined && { id }), target, verb: verb.toUpperCase() };
    });
  });
}
