import type { ConditionTest, Statement } from './policy-document.ts';

/** An action on a resource, with its context. */
export interface AuthorizationRequest {
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resource: string;
  /** By condition key; a key that the request does not have is absent. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export type Verdict = 'allowed' | 'denied' | 'not allowed';

/**
 * Evaluates the policies of an identity: allowed by a statement and denied by none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(statements: readonly Statement[], request: AuthorizationRequest): Verdict {
  const context = new Map(
    Object.entries(request.context).map(([key, values]) => [key.toLowerCase(), values] as const),
  );
  const fitting = statements.filter((statement) => fits(statement, request, context));
  if (fitting.some(({ effect }) => effect === 'Deny')) return 'denied';
  return fitting.length > 0 ? 'allowed' : 'not allowed';
}

/** `context`: of the request, by condition key in lower case. */
function fits(
  { actions, resources, conditions }: Statement,
  { action, resource }: Pick<AuthorizationRequest, 'action' | 'resource'>,
  context: ReadonlyMap<string, readonly string[]>,
): boolean {
  return (
    actions.some((allowed) => matches(allowed.toLowerCase(), action.toLowerCase())) &&
    resources.some((pattern) => matches(pattern, resource)) &&
    conditions.every((test) => holds(test, context.get(test.key)))
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function holds(
  { qualifier, operator, ifExists, values }: ConditionTest,
  actual: readonly string[] | undefined,
): boolean {
  if (operator === 'Null') return values.includes(String(actual === undefined));
  const isNegative = operator === 'StringNotEquals' || operator === 'StringNotLike';
  if (actual === undefined || actual.length === 0) {
    // Nothing is not among them: true of every value of none.
    if (qualifier === 'ForAllValues' || ifExists) return true;
    return qualifier === undefined && isNegative;
  }
  const isOne = (value: string): boolean => {
    const found = values.some((wanted) =>
      operator === 'StringLike' || operator === 'StringNotLike' ? matches(wanted, value) : wanted === value,
    );
    return found !== isNegative;
  };
  return qualifier === 'ForAllValues' ? actual.every(isOne) : actual.some(isOne);
}

/** The patterns of policies: few, and compared with every request. */
const compiled = new Map<string, RegExp>();

/** `*` stands for any text, `?` for any character; both cross slashes and colons. */
function matches(pattern: string, text: string): boolean {
  const expression = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, expression);
  return expression.test(text);
}

function compile(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
