import { isPlainText } from '../../lambdas/core/general/plain-text.ts';
import { isRecord, ownValue } from './json-record.ts';
import type { ParsedDocument } from './parsed-document.ts';
import type { Problems } from './problems.ts';

/** The `info` of a document. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** The index that lists APIs by name holds keys of at most 1,024 bytes. */
const MOST_BYTES_OF_NAME = 1000;

/**
 * Reads which kind of document this is, and its name.
 * @throws Error when it is of another kind.
 */
export function readInfo(document: ParsedDocument, problems: Problems): DocumentInfo {
  const { content, sourceOf } = document;
  refuseOtherKinds(content);
  const kind = kindProblem(content, sourceOf(['openapi']));
  if (kind !== undefined) problems.add(['openapi'], kind);
  const given = ownValue(content, 'info');
  const info = isRecord(given) ? given : {};
  const text = (name: string): string => {
    const value = ownValue(info, name);
    const problem = textProblem(value, sourceOf(['info', name]));
    if (problem === undefined && typeof value === 'string') return value;
    problems.add(['info', name], problem ?? 'must be text');
    return '';
  };
  const title = text('title');
  const version = text('version');
  if (Buffer.byteLength(`${title}${version}`) > MOST_BYTES_OF_NAME) {
    problems.add(['info', 'title'], `must have at most ${MOST_BYTES_OF_NAME} bytes with the version`);
  }
  const description = ownValue(info, 'description') ?? '';
  if (typeof description !== 'string') {
    problems.add(['info', 'description'], 'must be text: write it in quotes');
  }
  return { title, version, description: typeof description === 'string' ? description : '' };
}

function kindProblem(content: object, source: string | undefined): string | undefined {
  const openapi: unknown = Reflect.get(content, 'openapi');
  if (typeof openapi === 'string' && /^3\.[01]\.\d/.test(openapi)) return undefined;
  if (openapi === undefined) return 'is missing: an OpenAPI document gives its version there, such as 3.0.3';
  if (typeof openapi === 'number') {
    return `${source ?? openapi} is a number here: write the whole version, such as 3.0.3`;
  }
  return `must be 3.0.x or 3.1.x, and is ${JSON.stringify(openapi)}`;
}

/** For another kind of document, no other problem matters. */
function refuseOtherKinds(content: object): void {
  for (const [field, name, way] of OTHER_KINDS) {
    if (!Object.hasOwn(content, field) || Object.hasOwn(content, 'openapi')) continue;
    const version: unknown = Reflect.get(content, field);
    throw new Error(`it is ${name} ${String(version)}, and only OpenAPI 3.0 and 3.1 are read${way}`);
  }
}

const OTHER_KINDS = [
  ['swagger', 'Swagger', ': convert it, for example with "npx swagger2openapi"'],
  ['asyncapi', 'AsyncAPI', ''],
] as const;

function textProblem(value: unknown, source: string | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return 'is missing';
  if (typeof value !== 'string') {
    return source === undefined
      ? 'must be text'
      : `${source} is not text but a ${typeof value}: write it in quotes, '${source}'`;
  }
  return isPlainText(value) ? undefined : 'must be one line without control or invisible characters';
}
