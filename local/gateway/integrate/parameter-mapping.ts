import { messageOf } from '../../message-of.ts';
import type { HeaderEntry } from '../receive/http-message.ts';
import { isReservedHeader } from '../receive/header-rules.ts';
import type { ParameterMapping } from '../model.ts';
import type { QueryParameter } from '../receive/query-string.ts';
import { newQueryParameter } from '../receive/query-string.ts';
import type { SelectionFacts } from '../route/select-value.ts';
import { selectValue } from '../route/select-value.ts';
import type { Template } from '../route/selection-expression.ts';
import { parseTemplate, renderTemplate } from '../route/selection-expression.ts';

type Action = 'append' | 'overwrite' | 'remove';

interface Change {
  readonly action: Action;
  /** Lower-case for headers. */
  readonly name: string;
  readonly value: Template;
}

/** A mapping that has been checked: header and query changes in the order append, overwrite, remove. */
export interface CompiledMapping {
  readonly headers: readonly Change[];
  readonly query: readonly Change[];
  readonly path?: Template;
  readonly statusCode?: Template;
}

const ORDER = { append: 0, overwrite: 1, remove: 2 } as const;

/**
 * Checks and compiles `RequestParameters` or one entry of `ResponseParameters`.
 * Throws an Error naming the parameter when the key is not one that this side supports, when the header is reserved,
 * or when the value holds an expression that cannot be read (request and response bodies are not supported).
 */
export function compileMapping(mapping: ParameterMapping, side: 'request' | 'response'): CompiledMapping {
  const headers: Change[] = [];
  const query: Change[] = [];
  let path: Template | undefined;
  let statusCode: Template | undefined;
  for (const [key, text] of Object.entries(mapping)) {
    const value = templateOf(key, text);
    const match = /^(?<action>append|overwrite|remove):(?<place>header|querystring)\.(?<name>.+)$/.exec(key);
    const action = actionOf(match?.groups?.['action']);
    const name = match?.groups?.['name'];
    if (action !== undefined && name !== undefined && match?.groups?.['place'] === 'header') {
      headers.push({ action, name: headerName(key, name), value });
    } else if (action !== undefined && name !== undefined && side === 'request') {
      query.push({ action, name: withoutSuffix(name), value });
    } else if (key === 'overwrite:path' && side === 'request') {
      path = value;
    } else if (key === 'overwrite:statuscode' && side === 'response') {
      statusCode = value;
    } else {
      throw new Error(`parameter "${key}" is not a ${side} parameter`);
    }
  }
  return {
    headers: headers.sort((a, b) => ORDER[a.action] - ORDER[b.action]),
    query: query.sort((a, b) => ORDER[a.action] - ORDER[b.action]),
    ...(path === undefined ? {} : { path }),
    ...(statusCode === undefined ? {} : { statusCode }),
  };
}

/**
 * Applies header changes. An overwrite whose value is not set removes the header: what a client sent under the name
 * of an identity header must never reach a backend because the authorizer had nothing to say.
 */
export function mapHeaders(
  headers: readonly HeaderEntry[],
  changes: readonly Change[],
  facts: SelectionFacts,
): readonly HeaderEntry[] {
  return applyChanges<HeaderEntry>(
    headers,
    changes,
    facts,
    ([name]) => name,
    (name, text) => [name, text],
  );
}

/** Applies query changes by the same rules; names are case-sensitive. */
export function mapQuery(
  query: readonly QueryParameter[],
  changes: readonly Change[],
  facts: SelectionFacts,
): readonly QueryParameter[] {
  return applyChanges(query, changes, facts, ({ name }) => name, newQueryParameter);
}

/**
 * The first `$context.authorizer.x` of a mapping that the authorizer gave no value, if any. What API Gateway does then is
 * not documented: an API must not depend on it.
 */
export function absentAuthorizerValue(
  { headers, query, path = [] }: CompiledMapping,
  facts: SelectionFacts,
): string | undefined {
  const parts = [...[...headers, ...query].flatMap(({ value }) => value), ...path];
  for (const part of parts) {
    if (typeof part === 'string' || part.from !== 'context' || !part.name.startsWith('authorizer.')) continue;
    if (selectValue(part, facts) === undefined) return `$context.${part.name}`;
  }
  return undefined;
}

function applyChanges<Entry>(
  entries: readonly Entry[],
  changes: readonly Change[],
  facts: SelectionFacts,
  nameOf: (entry: Entry) => string,
  entryOf: (name: string, text: string) => Entry,
): readonly Entry[] {
  let mapped = entries;
  for (const { action, name, value } of changes) {
    const text = action === 'remove' ? undefined : render(value, facts);
    const kept = action === 'append' ? mapped : mapped.filter((entry) => nameOf(entry) !== name);
    mapped = text === undefined ? kept : [...kept, entryOf(name, text)];
  }
  return mapped;
}

/** The text of a mapping value; undefined when it is a single expression without a value. */
export function render(template: Template, facts: SelectionFacts): string | undefined {
  return renderTemplate(template, (selection) => selectValue(selection, facts));
}

function templateOf(key: string, text: string): Template {
  if (key.startsWith('remove:')) return [];
  try {
    return parseTemplate(text);
  } catch (error) {
    throw new Error(`parameter "${key}": ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function headerName(key: string, name: string): string {
  const header = withoutSuffix(name).toLowerCase();
  if (isReservedHeader(header)) throw new Error(`parameter "${key}" maps the reserved header "${header}"`);
  return header;
}

// `append:header.x.2` is how one mapping changes the header x twice.
function withoutSuffix(name: string): string {
  return name.replace(/(?:\.\d+)+$/, '');
}

function actionOf(text: string | undefined): Action | undefined {
  return text === 'append' || text === 'overwrite' || text === 'remove' ? text : undefined;
}
