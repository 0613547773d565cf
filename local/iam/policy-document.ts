import { z } from 'zod';

/** One test of a condition: all of a statement's must hold. */
export interface ConditionTest {
  readonly qualifier?: 'ForAllValues' | 'ForAnyValue';
  readonly operator: 'StringEquals' | 'StringNotEquals' | 'StringLike' | 'StringNotLike' | 'Bool' | 'Null';
  readonly ifExists: boolean;
  /** In lower case: names of condition keys do not heed it. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a policy of an identity. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly ConditionTest[];
}

const OPERATOR =
  /^(?:(?<qualifier>ForAllValues|ForAnyValue):)?(?<operator>StringEquals|StringNotEquals|StringLike|StringNotLike|Bool|Null)(?<ifExists>IfExists)?$/;

// A policy variable would have to be filled in; none of these is a pattern that could be matched without.
const text = z.string().refine((value) => !value.includes('${'), 'policy variables are not supported');
const list = z
  .union([text, z.boolean().transform(String), z.array(z.union([text, z.boolean().transform(String)]))])
  .transform((value) => [value].flat());

const StatementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Resource: list,
  Condition: z
    .record(
      z.string().regex(OPERATOR, 'this condition operator is not supported'),
      z.record(z.string(), list),
    )
    .default({}),
});

/**
 * The policy document of an identity, as `Statement`s. What is not understood (NotAction, other operators, variables) is an
 * issue: to pass over it would allow or deny what AWS does not.
 */
export const PolicyDocument = z
  .strictObject({
    Version: z.string().optional(),
    Id: z.string().optional(),
    Statement: z
      .union([StatementSchema, z.array(StatementSchema)])
      .transform((statements) => [statements].flat()),
  })
  .transform(({ Statement }): readonly Statement[] =>
    Statement.map(({ Effect, Action, Resource, Condition }) => ({
      effect: Effect,
      actions: Action,
      resources: Resource,
      conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => conditionTest(operator, key, values)),
      ),
    })),
  );

const Parts = z.object({
  qualifier: z.enum(['ForAllValues', 'ForAnyValue']).exactOptional(),
  operator: z.enum(['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'Bool', 'Null']),
  ifExists: z.literal('IfExists').exactOptional(),
});

function conditionTest(name: string, key: string, values: readonly string[]): ConditionTest {
  const groups: Readonly<Record<string, string | undefined>> = OPERATOR.exec(name)?.groups ?? {};
  const present = Object.entries(groups).filter(([, group]) => group !== undefined);
  const { ifExists, ...parts } = Parts.parse(Object.fromEntries(present));
  return { ...parts, ifExists: ifExists !== undefined, key: key.toLowerCase(), values };
}
