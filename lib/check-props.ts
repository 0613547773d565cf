import type { IConstruct } from 'constructs';
import type { z } from 'zod';

/**
 * Looks at the properties of the construct `id` before it uses them: who writes JavaScript, or takes them from JSON, has
 * no compiler that does. `schema`: what their type is inferred from.
 * @throws Error that names the path of the construct, each property that is missing or of another type, and what it
 * must be.
 */
export function checkProps(scope: IConstruct, id: string, schema: z.ZodType, props: unknown): void {
  const reading = schema.safeParse(props, {
    error: (issue) => `must be ${expected(issue)}, and is ${given(issue)}`,
  });
  if (reading.success) return;
  const path = [scope.node.path, id].filter((part) => part !== '').join('/');
  const problems = reading.error.issues.map((issue) => `${subject(issue.path)} ${issue.message}`);
  throw new Error(`${path}: ${problems.join('; ')}`);
}

/** Says of a schema that cannot say it itself what it takes. */
export function mustBe(what: string): { readonly error: (issue: z.core.$ZodRawIssue) => string } {
  return { error: (issue) => `must be ${what}, and is ${given(issue)}` };
}

function subject(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'what it is made with' : `the property ${path.join('.')}`;
}

const TYPES = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
]);

function expected(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return TYPES.get(issue.expected) ?? issue.expected;
  return issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : 'something else';
}

/** Repeats nothing but a text that is none of the choices: an environment may hold secrets. */
function given({ code, input }: z.core.$ZodRawIssue): string {
  if (input === undefined) return 'missing';
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (code === 'invalid_value' && typeof input === 'string') return JSON.stringify(input);
  return typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}
