import { z } from 'zod';
import { argumentNotes, flagNotes, type ArgumentNotes, type FlagNotes } from '../command.ts';
import { readDuration, readMoment, readValidity, type Reading } from './durations.ts';

const filled = z.string({ error: 'is required' }).min(1, 'must not be empty');

/** A word after the command's name. */
export function argument(about: string) {
  return described(filled, { about });
}

export function optionalArgument(about: string) {
  return described(filled.optional(), { about, optional: true });
}

/** `--name VALUE`. `value` stands for the value in the help. */
export function textFlag(value: string, about: string) {
  return flag(filled.optional(), { kind: 'text', value, about });
}

/** `--name VALUE`, where an empty value is one, too. */
export function noteFlag(value: string, about: string) {
  return flag(z.string().optional(), { kind: 'text', value, about });
}

export function requiredFlag(value: string, about: string) {
  return flag(filled, { kind: 'text', value, about, required: true });
}

/** `--name VALUE`, any number of times. */
export function listFlag(value: string, about: string) {
  return flag(z.array(filled).optional(), { kind: 'list', value, about });
}

/** `--name KEY=VALUE`, any number of times. */
export function mapFlag(about: string) {
  const entry = z
    .string()
    .regex(/^[^=]+=/, 'must be KEY=VALUE')
    .transform((text): [string, string] => [
      text.slice(0, text.indexOf('=')),
      text.slice(text.indexOf('=') + 1),
    ]);
  const schema = z
    .array(entry)
    .refine((entries) => new Set(entries.map(([name]) => name)).size === entries.length, {
      error: 'must have each KEY once',
    })
    .transform((entries): Record<string, string> => Object.fromEntries(entries))
    .optional();
  return flag(schema, { kind: 'list', value: 'KEY=VALUE', about });
}

/** `--name`, which is there or not. */
export function toggleFlag(about: string) {
  return flag(z.boolean().default(false), { kind: 'toggle', about });
}

/**
 * `--name VALUE`: one of some words, in upper or lower case.
 * @param value stands for the value in the help. By default the words themselves.
 */
export function choiceFlag<const Choice extends string>(
  choices: readonly Choice[],
  about: string,
  value = choices.join('|'),
) {
  return flag(choiceOf(choices).optional(), { kind: 'text', value, about, choices });
}

/** The same for a word after the command's name. */
export function choiceArgument<const Choice extends string>(choices: readonly Choice[], about: string) {
  return described(choiceOf(choices), { about, choices });
}

function choiceOf<const Choice extends string>(choices: readonly Choice[]) {
  const error = `must be ${choices.length > 2 ? `one of ${choices.join(', ')}` : choices.join(' or ')}`;
  return z
    .string({ error: 'is required' })
    .transform((text) => choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? text)
    .pipe(z.enum(choices, { error }));
}

export function wholeNumberFlag(value: string, least: number, most: number, about: string) {
  const message = `must be a whole number from ${least} to ${most}`;
  const schema = z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(least, message).max(most, message))
    .optional();
  return flag(schema, { kind: 'text', value, about });
}

/** `30d`, `12h`, `never`; in seconds, -1 for never. */
export function durationFlag(about: string, { canBeNever }: { readonly canBeNever: boolean }) {
  const schema = filled
    .transform((text, context) => read(canBeNever ? readValidity(text) : readDuration(text), text, context))
    .optional();
  return flag(schema, { kind: 'text', value: 'DURATION', about });
}

/** A date, a time, or a duration before now: `2026-01-31`, `2026-01-31T12:00:00Z`, `90d`. */
export function momentFlag(about: string) {
  const schema = filled
    .transform((text, context) => {
      // Whether it can be read does not depend on the time, except for what lies before 1970.
      read(readMoment(text, Date.UTC(2100)), text, context);
      return (now: number): number => {
        const moment = readMoment(text, now);
        return moment.ok ? moment.value : 0;
      };
    })
    .optional();
  return flag(schema, { kind: 'text', value: 'WHEN', about });
}

function read(reading: Reading<number>, input: string, { issues }: z.core.$RefinementCtx): number {
  if (reading.ok) return reading.value;
  issues.push({ code: 'custom', input, message: reading.problem });
  return 0;
}

/** A schema of its own for each flag: what is known of it is found by its schema. */
function flag<Schema extends z.ZodType>(schema: Schema, notes: FlagNotes): Schema {
  const own = schema.clone();
  flagNotes.add(own, notes);
  return own;
}

function described<Schema extends z.ZodType>(schema: Schema, notes: ArgumentNotes): Schema {
  const own = schema.clone();
  argumentNotes.add(own, notes);
  return own;
}
