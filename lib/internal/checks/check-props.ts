import type { IConstruct } from 'constructs';
import { z } from 'zod';
import { suggest } from '../../../cli/parsing/suggest.ts';
import { valueIn } from './value-in.ts';

/**
 * A schema for each property of `Props`, so that the compiler finds a property without a schema, and a schema of another
 * type than its property. Schemas also take `undefined` for what is optional: JavaScript does not tell it from absent.
 */
export type ChecksOf<Props> = {
  readonly [Name in keyof Props]-?: z.ZodType<
    OrUndefined<Props[Name]> | (object extends Pick<Props, Name> ? undefined : never)
  >;
};

type OrUndefined<T> = T extends ((...args: never[]) => unknown) | { readonly node: unknown }
  ? T
  : T extends readonly (infer Entry)[]
    ? readonly OrUndefined<Entry>[]
    : T extends object
      ? { [Name in keyof T]: OrUndefined<T[Name]> | (object extends Pick<T, Name> ? undefined : never) }
      : T;

/**
 * Looks at the properties of the construct `id` before it uses them: who writes JavaScript, or takes them from JSON, has
 * no compiler that does. `schema`: made with `ChecksOf` their interface.
 * @throws Error that names the path of the construct, each property that is missing, of another type or unknown, and
 * what it must be.
 */
export function checkProps(
  scope: IConstruct | undefined,
  id: string,
  schema: z.ZodType,
  props: unknown,
): void {
  const reading = schema.safeParse(props, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return unknown(issue);
      const about = discriminated(issue);
      return `must be ${expected(about)}, and is ${given(about)}`;
    },
  });
  if (reading.success) return;
  const path = [scope?.node.path ?? '', id].filter((part) => part !== '').join('/');
  const problems = reading.error.issues.map((issue) => `${subject(issue.path)} ${issue.message}`);
  throw new Error(`${path}: ${problems.join('; ')}`);
}

/** Says of a schema that cannot say it itself what it takes. */
export function mustBe(what: string): { readonly error: (issue: z.core.$ZodRawIssue) => string } {
  return { error: (issue) => `must be ${what}, and is ${given(issue)}` };
}

/** A property that nothing reads would be a setting that does nothing, in silence. */
function unknown({ keys, inst }: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const known = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  return keys
    .map((key) => {
      const nearest = suggest(key, known);
      const hint = nearest === undefined ? `it has ${known.toSorted().join(', ')}` : `is ${nearest} meant?`;
      return `has no property ${key}: ${hint}`;
    })
    .join(', and ');
}

/** The problem of a choice that depends on one property. */
function discriminated(issue: z.core.$ZodRawIssue): z.core.$ZodRawIssue {
  if (issue.code !== 'invalid_union' || !('discriminator' in issue)) return issue;
  const { discriminator, options, input } = issue;
  return {
    code: 'invalid_value',
    values: z.array(z.string()).catch([]).parse(options),
    input: valueIn(input, String(discriminator)),
  };
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
