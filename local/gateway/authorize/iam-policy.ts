import type { JsonObject } from '../json-value.ts';
import { isArray, isJsonObject } from '../json-value.ts';

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** The statements of a policy document that an authorizer returned. */
export type InvokePolicy = readonly Statement[];

/**
 * Reads a policy document. Undefined when it is malformed, or when it uses conditions, principals or negated elements:
 * those are not supported here, and guessing would let a call through.
 */
export function readPolicy(document: unknown): InvokePolicy | undefined {
  if (!isJsonObject(document)) return undefined;
  const list = document['Statement'];
  const statements = isArray(list) ? list : [list];
  const read = statements.map((statement) =>
    isJsonObject(statement) ? readStatement(statement) : undefined,
  );
  const valid = read.filter((statement) => statement !== undefined);
  return valid.length === read.length ? valid : undefined;
}

/** True when a statement allows `execute-api:Invoke` on the ARN and none denies it. */
export function allowsInvoke(policy: InvokePolicy, arn: string): boolean {
  const applying = policy.filter(
    ({ actions, resources }) =>
      actions.some((action) => matchesWildcard(action.toLowerCase(), 'execute-api:invoke')) &&
      resources.some((resource) => matchesWildcard(resource, arn)),
  );
  return applying.length > 0 && applying.every(({ effect }) => effect === 'Allow');
}

function readStatement(statement: JsonObject): Statement | undefined {
  const known = ['Sid', 'Effect', 'Action', 'Resource'];
  if (Object.keys(statement).some((key) => !known.includes(key))) return undefined;
  const effect = statement['Effect'];
  const actions = textList(statement['Action']);
  const resources = textList(statement['Resource']);
  if ((effect !== 'Allow' && effect !== 'Deny') || actions === undefined || resources === undefined) {
    return undefined;
  }
  return { effect, actions, resources };
}

function textList(value: unknown): readonly string[] | undefined {
  const list = isArray(value) ? value : [value];
  const texts = list.filter((entry) => typeof entry === 'string');
  return texts.length === list.length && texts.length > 0 ? texts : undefined;
}

function matchesWildcard(pattern: string, text: string): boolean {
  const source = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '[^]*' : part === '?' ? '[^]' : escapeRegExp(part)))
    .join('');
  return new RegExp(`^${source}$`).test(text);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
