import { z } from 'zod';
import { Fault, type FieldProblem } from '../../core/http/fault.ts';

/** Values that a field accepts beyond its schema, because WSO2's clients send them. */
export interface Tolerance {
  /** Values that count as left out. */
  readonly nothing?: readonly (null | string | number | boolean)[];
  /** Whether a list without entries does, too. */
  readonly emptyList?: boolean;
  /** Whether a whole number may come as text, as forms send it. */
  readonly numberAsText?: boolean;
}

/** The tolerances of fields, for `lenient` and for the OpenAPI document. */
export const tolerances = z.registry<Tolerance>();

const NUMBER = /^-?\d{1,15}$/;

/** Marks a field of a `lenient` object. */
export function tolerant<T extends z.ZodType>(schema: T, tolerance: Tolerance): T {
  tolerances.add(schema, tolerance);
  return schema;
}

/** A field that may be `null`, or an empty text, which counts as left out. */
export function blankable<T extends z.ZodType>(schema: T): T {
  return tolerant(schema, { nothing: [null, ''] });
}

/** A whole number that may come as text; `null` and an empty text count as left out. */
export function formNumber<T extends z.ZodType>(schema: T): T {
  return tolerant(schema, { nothing: [null, ''], numberAsText: true });
}

/** A field of WSO2's contract that asks for what Keybound does not have, unless it says nothing. */
export function lacking(why: string, tolerance: Tolerance) {
  const schema = z
    .unknown()
    .refine(() => false, `must be left out: ${why}`)
    .exactOptional()
    .meta({ description: `Accepted when empty: ${why}.` });
  return tolerant(schema, tolerance);
}

/** A field of an answer that a client may send back. See `refuseChanges`. */
export function readOnly() {
  return blankable(z.unknown().exactOptional().meta({ readOnly: true }));
}

/** An object whose fields heed their tolerances. The schema itself stays strict: it sees only what is left. */
export function lenient<T extends z.ZodObject>(schema: T) {
  const fields: Readonly<Record<string, z.ZodType>> = schema.shape;
  return z.preprocess((value) => (isObject(value) ? withoutNothing(fields, value) : value), schema);
}

function withoutNothing(
  fields: Readonly<Record<string, z.ZodType>>,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, sent]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      const tolerance = field === undefined ? undefined : tolerances.get(field);
      if (tolerance === undefined) return [[name, sent]];
      const { nothing = [], emptyList = false, numberAsText = false } = tolerance;
      if (nothing.some((candidate) => candidate === sent)) return [];
      if (emptyList && Array.isArray(sent) && sent.length === 0) return [];
      const isNumber = numberAsText && typeof sent === 'string' && NUMBER.test(sent);
      return [[name, isNumber ? Number(sent) : sent]];
    }),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lets a client send back what it was answered, and refuses what would change a field that cannot change: ignored, it
 * would seem to have worked.
 * @param current the resource as it is answered.
 * @throws Fault `bad_request` that names every such field.
 */
export function refuseChanges(
  sent: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  const problems: FieldProblem[] = fields
    .filter((field) => sent[field] !== undefined && sent[field] !== current[field])
    .map((field) => ({ field, message: 'cannot be changed: leave it out, or send the value that was read' }));
  if (problems.length > 0) throw new Fault('bad_request', 'The request is not valid.', { problems });
}
