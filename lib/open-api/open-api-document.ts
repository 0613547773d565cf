import { z } from 'zod';
import { keyLocations } from './key-locations.ts';
import { isRecord, ownValue } from './json-record.ts';
import { parseDocumentFile } from './parsed-document.ts';
import { collectProblems } from './problems.ts';
import { readInfo } from './read-info.ts';
import { readOperations, type ReadOperation } from './read-operations.ts';
import { readSchemes } from './read-schemes.ts';
import { locationOf, type SecurityScheme } from './security.ts';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import { texts } from '../internal/checks/prop-kinds.ts';

/** One operation: a route of the gateway. */
export interface Operation {
  /** Upper case; `ANY` for every method that no other operation of the path has. */
  readonly method: string;
  /** With parameters in braces. `/$default` with `ANY`: whatever no other path takes. */
  readonly path: string;
  /** Why a key alone must not open it, by its document's `security`. */
  readonly refusesKey?: string;
  /** The cookie that its document wants the key in, when it can travel nowhere else. */
  readonly keyCookie?: string;
  /** Other ways in by its document, which Keybound does not open. */
  readonly closedWays?: readonly string[];
}
const Operation = z.strictObject({
  method: z.string(),
  path: z.string(),
  refusesKey: z.string().optional(),
  keyCookie: z.string().optional(),
  closedWays: texts.optional(),
} satisfies ChecksOf<Operation>);

/** What a gateway needs of an OpenAPI document, and the document itself. */
export interface OpenApiDocument {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly operations: readonly Operation[];
  /**
   * Headers that the key travels in by the document's `apiKey` security schemes, each name once: by those that operations
   * name, or by all, where no operation names any.
   */
  readonly keyHeaders: readonly string[];
  /** The same, of query parameters. */
  readonly keyQueryParameters: readonly string[];
  /**
   * The same, of cookies, in which no key can travel.
   * @default none
   */
  readonly keyCookies?: readonly string[];
  /** The whole document as JSON. */
  readonly json: string;
}
export const OpenApiDocument = z.strictObject({
  title: z.string(),
  version: z.string(),
  description: z.string(),
  operations: z.array(Operation).readonly(),
  keyHeaders: texts,
  keyQueryParameters: texts,
  keyCookies: texts.optional(),
  json: z.string(),
} satisfies ChecksOf<OpenApiDocument>);

/**
 * Reads an OpenAPI 3.0 or 3.1 document, YAML or JSON. A `$ref` is followed within the document; no other file is read,
 * and nothing is fetched.
 * @param file path of the document
 * @throws Error that names the file and each place that is wrong.
 * @example readOpenApiDocument(`${__dirname}/orders.yaml`)
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
    ...keyLocations(operations, schemes),
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
    return scheme === undefined ? [] : [locationOf(name, scheme)];
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
