import { followReference } from './follow-reference.ts';
import { isRecord, ownValue, type JsonRecord } from './json-record.ts';
import type { ParsedDocument, Path } from './parsed-document.ts';
import type { Problems } from './problems.ts';
import { effectiveSecurity, readSecurity, type OperationSecurity, type SecurityScheme } from './security.ts';

/** An operation as its document has it. */
export interface ReadOperation {
  /** Upper case; `ANY` for `x-amazon-apigateway-any-method`. */
  readonly method: string;
  readonly path: string;
  /** Absent: nothing says anything of credentials. */
  readonly security?: OperationSecurity;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
/** Every method that the path has no operation of its own for. */
const ANY_METHOD = 'x-amazon-apigateway-any-method';
/** Methods that OpenAPI has and an HTTP API cannot route. */
const UNROUTABLE = new Set(['trace', 'query']);

/** All operations of a document, in its order; webhooks and callbacks are calls to the consumer, and none of them. */
export function readOperations(
  { content }: ParsedDocument,
  schemes: ReadonlyMap<string, SecurityScheme>,
  problems: Problems,
): readonly ReadOperation[] {
  const paths = followReference(content, ownValue(content, 'paths') ?? {});
  if ('problem' in paths) {
    problems.add(['paths'], paths.problem);
    return [];
  }
  if (!isRecord(paths.value)) {
    problems.add(['paths'], 'must be an object, with a path item for each path');
    return [];
  }
  const operations: ReadOperation[] = [];
  for (const [path, node] of Object.entries(paths.value)) {
    if (path.startsWith('x-')) continue;
    const at = ['paths', path];
    if (!path.startsWith('/')) {
      problems.add(at, 'must begin with a slash');
      continue;
    }
    const item = followReference(content, node);
    if ('problem' in item) problems.add(at, item.problem);
    else if (!isRecord(item.value)) problems.add(at, 'must be an object, with an operation for each method');
    else operations.push(...operationsOf(path, item.value));
  }
  return operations;

  function operationsOf(path: string, item: JsonRecord): readonly ReadOperation[] {
    for (const name of Object.keys(item)) {
      const problem = fieldProblem(name);
      if (problem !== undefined) {
        problems.add(['paths', path, name], problem, `${name.toUpperCase()} ${path}`);
      }
    }
    return [...METHODS, ANY_METHOD]
      .filter((method) => Object.hasOwn(item, method))
      .flatMap((field) => {
        const method = field === ANY_METHOD ? 'ANY' : field.toUpperCase();
        return readOperation(method, path, ['paths', path, field], ownValue(item, field)) ?? [];
      });
  }

  function readOperation(method: string, path: string, at: Path, node: unknown): ReadOperation | undefined {
    const subject = `${method} ${path}`;
    const operation = followReference(content, node ?? {});
    if ('problem' in operation) {
      problems.add(at, operation.problem, subject);
      return undefined;
    }
    if (!isRecord(operation.value)) {
      problems.add(at, 'must be an object', subject);
      return undefined;
    }
    const security = effectiveSecurity(operation.value, content);
    if (security === undefined) return { method, path };
    try {
      return { method, path, security: readSecurity(security, schemes) };
    } catch (error) {
      problems.add(at, error instanceof Error ? error.message : String(error), subject);
      return undefined;
    }
  }
}

/** Refuses names in a path item whose operation would otherwise be dropped silently. */
function fieldProblem(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (UNROUTABLE.has(lower)) return 'an HTTP API cannot route this method: remove the operation';
  const isMethod = METHODS.some((method) => method === lower);
  return isMethod && name !== lower ? `methods are written in lower case: ${lower}` : undefined;
}
