import { z } from 'zod';
import { keyPlaces } from './key-places.ts';
import { isRecord, ownValue } from './json-record.ts';
import { parseDocumentFile } from './parsed-document.ts';
import { collectProblems } from './problems.ts';
import { readInfo } from './read-info.ts';
import { readOperations, type ReadOperation } from './read-operations.ts';
import { readSchemes } from './read-schemes.ts';
import { placeOf, type SecurityScheme } from './security.ts';
import { texts } from '../internal/checks/prop-kinds.ts';

/** One operation: a route of the gateway. */
export type Operation = Readonly<z.infer<typeof Operation>>;
const Operation = z.strictObject({
  /** Upper case; `ANY` for every method that no other operation of the path has. */
  method: z.string(),
  /** With parameters in braces. `/$default` with `ANY`: whatever no other path takes. */
  path: z.string(),
  /** Why a key alone must not open it, by its document's `security`. */
  refusesKey: z.string().optional(),
  /** The cookie that its document wants the key in, when it can travel nowhere else. */
  keyCookie: z.string().optional(),
  /** Other ways in by its document, which Keybound does not open. */
  closedWays: texts.optional(),
});

/** What a gateway needs of an OpenAPI document, and the document itself. */
export type OpenApiDocument = Readonly<z.infer<typeof OpenApiDocument>>;
export const OpenApiDocument = z.strictObject({
  title: z.string(),
  version: z.string(),
  description: z.string(),
  operations: z.array(Operation).readonly(),
  /**
   * Where the key travels by the document's `apiKey` security schemes, each name once: by those that operations name,
   * or by all, where no operation names any.
   */
  keyHeaders: texts,
  keyQueryParameters: texts,
  /** The same, of cookies, in which no key can travel. Default: none. */
  keyCookies: texts.optional(),
  /** The whole document as JSON. */
  json: z.string(),
});

/**
 * Reads an OpenAPI 3.0 or 3.1 document, YAML or JSON. A `$ref` is followed within the document; no other file is read,
 * and nothing is fetched.
 * @throws Error that names the file and each place that is wrong.
 */
export function readOpenApiDocument(file: string): OpenApiDocument {
  try {
    return readDocument(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${file} is not an OpenAPI document that can be served: ${error.message}`, {
      cause: error,
    });
  }
}

function readDocument(file: string): OpenApiDocument {
  const document = parseDocumentFile(file);
  const problems = collectProblems(document);
  const info = readInfo(document, problems);
  const schemes = readSchemes(document, problems);
  const operations = readOperations(document, schemes, problems);
  problems.throwIfAny();
  if (operations.length === 0) {
    throw new Error(
      isRecord(ownValue(document.content, 'webhooks'))
        ? 'it has only webhooks, which are calls to the consumer, and no operations'
        : 'it has no operations',
    );
  }
  return {
    ...info,
    operations: operations.map((operation) => routeOf(operation, schemes)),
    ...keyPlaces(operations, schemes),
    json: document.json,
  };
}

function routeOf(
  { method, path, security }: ReadOperation,
  schemes: ReadonlyMap<string, SecurityScheme>,
): Operation {
  if (security === undefined) return { method, path };
  const { keySchemes, otherWays, isOpen } = security;
  if (keySchemes.length === 0) {
    const refusesKey = isOpen ? 'needs no credentials' : `accepts ${otherWays.join(' or ')}`;
    return { method, path, refusesKey };
  }
  const places = keySchemes.flatMap((name) => {
    const scheme = schemes.get(name);
    return scheme === undefined ? [] : [placeOf(name, scheme)];
  });
  const [cookie] = places.every((place) => place.in === 'cookie') ? places : [];
  const closedWays = [...otherWays, ...(isOpen ? ['no credentials at all'] : [])];
  return {
    method,
    path,
    ...(cookie !== undefined && { keyCookie: cookie.name }),
    ...(closedWays.length > 0 && { closedWays }),
  };
}
