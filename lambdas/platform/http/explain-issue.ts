import { z } from 'zod';
import { countOf } from '../../core/general/count-of.ts';
import type { FieldProblem } from '../../core/http/fault.ts';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** The description of a value, by zod's names of types. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * Says what is wrong with an input where its schema has no words for it: what is expected, and never the value, which
 * could be a secret. It reads after the name of the field.
 */
export function explainIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${kindOf(issue)}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${choiceOf(issue.values.map(String))}`;
    case 'too_small':
      return issue.inclusive === false
        ? `must be more than ${issue.minimum}`
        : `must ${amountOf('at least', issue.minimum, issue.origin)}`;
    case 'too_big':
      return issue.inclusive === false
        ? `must be less than ${issue.maximum}`
        : `must ${amountOf('at most', issue.maximum, issue.origin)}`;
    case 'unrecognized_keys':
      return unknownNames(issue.keys, issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []);
    case 'invalid_key':
      return `each name ${issue.issues[0]?.message ?? 'must be another'}`;
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return 'does not have the form that is needed';
  }
}

/** The problem that an issue tells of, in the `body` or the `query` of a request. */
export function problemOf(place: 'body' | 'query', { code, path, message }: z.core.$ZodIssue): FieldProblem {
  // A name that is wrong is no field: the problem is that of the object that has it.
  const fields = code === 'invalid_key' ? path.slice(0, -1) : path;
  const isWhole = fields.length === 0 && code === 'invalid_type';
  return { field: isWhole ? place : fields.map((name) => nameToShow(String(name))).join('.'), message };
}

function kindOf({ expected, inst }: RawIssue & { readonly code: 'invalid_type' }): string {
  const isInteger = expected === 'number' && inst instanceof z.ZodNumber && inst.format === 'safeint';
  return KINDS[isInteger ? 'int' : expected] ?? 'of another kind';
}

function choiceOf(choices: readonly string[]): string {
  return choices.length > 2 ? `one of ${choices.join(', ')}` : choices.join(' or ');
}

function amountOf(least: 'at least' | 'at most', amount: number | bigint, origin: string): string {
  if (origin === 'number' || origin === 'int') return `be ${least} ${amount}`;
  return `have ${least} ${countOf(Number(amount), origin === 'string' ? 'character' : 'item')}`;
}

const MOST_NAMES = 5;

function unknownNames(names: readonly string[], known: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => JSON.stringify(nameToShow(name)));
  const more = names.length - shown.length;
  const all = [...shown, ...(more > 0 ? [countOf(more, 'other')] : [])].join(', ');
  const hint = known.length > 0 ? `; known: ${known.join(', ')}` : '';
  return `${all} ${names.length === 1 ? 'is' : 'are'} not known here${hint}`;
}

/**
 * Names of fields are short, or several words. What a caller sends as one could be a secret: then it is not repeated.
 * Keys have at least 20 characters, and hardly ever only words in them; no single word has as many.
 */
function nameToShow(name: string): string {
  return /^[\w.-]{0,19}$|^[a-z]{1,15}(?:[A-Z][a-z]{1,14}){1,5}$/.test(name) && name.length <= 30 ? name : '…';
}
