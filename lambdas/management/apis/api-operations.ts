import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { parseJson } from '../../platform/parse-json.ts';
import { readDefinition } from './apis.ts';
import type { Management } from '../frame/management.ts';

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
  management: Management,
  apiId: string,
): Promise<readonly ApiOperation[]> {
  const document = Paths.safeParse(await definitionOf(management, apiId));
  return Object.entries(document.data?.paths ?? {}).flatMap(([target, path]) => {
    const operations = PathItem.safeParse(path).data ?? {};
    return VERBS.filter((verb) => verb in operations).map((verb) => {
      const id = Named.safeParse(operations[verb]).data?.operationId;
      return { ...(id !== undefined && { id }), target, verb: verb.toUpperCase() };
    });
  });
}

async function definitionOf(management: Management, apiId: string): Promise<unknown> {
  try {
    return parseJson(await readDefinition(management, apiId));
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return undefined;
    throw error;
  }
}
