import { TTL_ATTRIBUTE, type ItemKey } from './keys.ts';
import type { Write } from './write.ts';

/** Where in an item: an attribute, or an entry below it. A number is a place in a list. */
export type Path = readonly (string | number)[];

/** A condition on one place of an item. */
export type Term =
  | { readonly path: Path; readonly equals: unknown }
  | { readonly path: Path; readonly oneOf: readonly unknown[] }
  | { readonly path: Path; readonly is: 'present' | 'absent' }
  /** A map or list with so many entries. */
  | { readonly path: Path; readonly size: number };

export interface Update {
  readonly set?: readonly (readonly [Path, unknown])[];
  readonly remove?: readonly Path[];
  readonly add?: readonly (readonly [Path, number])[];
  /** All of it must hold. Without a term the item must exist. */
  readonly where?: readonly Term[];
}

const IN_EXISTENCE: Term = { path: ['pk'], is: 'present' };

/**
 * Changes what it names of an item, on condition of what it names: not of the item's version. So another change of
 * the same item does not stand in its way. `add` the version, and those who read the item before start over.
 */
export function updateWhere(key: ItemKey, { set = [], remove = [], add = [], where = [] }: Update): Write {
  const words = new Words();
  const clauses = [
    clause(
      'SET',
      set.map(([path, value]) => `${words.path(path)} = ${words.value(value)}`),
    ),
    clause(
      'REMOVE',
      remove.map((path) => words.path(path)),
    ),
    clause(
      'ADD',
      add.map(([path, value]) => `${words.path(path)} ${words.value(value)}`),
    ),
  ];
  return {
    type: 'update',
    key,
    update: clauses.filter((text) => text !== '').join(' '),
    condition: {
      ConditionExpression: conditionOf(words, [IN_EXISTENCE, ...where]),
      ...words.substitutions(),
    },
  };
}

/** Deletes an item of which all terms hold. */
export function removeWhere(key: ItemKey, where: readonly Term[]): Write {
  const words = new Words();
  return {
    type: 'delete',
    key,
    condition: {
      ConditionExpression: conditionOf(words, [IN_EXISTENCE, ...where]),
      ...words.substitutions(),
    },
  };
}

/** Writes nothing, but fails the transaction unless all terms hold. An item that does not exist has no attributes. */
export function requireWhere(key: ItemKey, where: readonly Term[]): Write {
  const words = new Words();
  return {
    type: 'check',
    key,
    condition: { ConditionExpression: conditionOf(words, where), ...words.substitutions() },
  };
}

/**
 * Fails the transaction when there is such an item. One whose TTL is over counts as absent: the table deletes such items
 * days later.
 */
export function requireNotLive(key: ItemKey, nowSeconds: number): Write {
  return { type: 'check', key, condition: notLive(nowSeconds) };
}

/** The condition that there is no such item, or that its TTL is over. */
export function notLive(nowSeconds: number) {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
    ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
    ExpressionAttributeValues: { ':now': nowSeconds },
  };
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${verb} ${parts.join(', ')}`;
}

function conditionOf(words: Words, terms: readonly Term[]): string {
  return terms.map((term) => termText(words, term)).join(' AND ');
}

function termText(words: Words, term: Term): string {
  const path = words.path(term.path);
  if ('equals' in term) return `${path} = ${words.value(term.equals)}`;
  if ('oneOf' in term) return `${path} IN (${term.oneOf.map((value) => words.value(value)).join(', ')})`;
  if ('size' in term) return `size(${path}) = ${words.value(term.size)}`;
  return `${term.is === 'present' ? 'attribute_exists' : 'attribute_not_exists'}(${path})`;
}

/** Placeholders for the names and values of one expression: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html */
class Words {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, unknown>();

  path(path: Path): string {
    return path.reduce<string>((text, part) => {
      if (typeof part === 'number') return `${text}[${part}]`;
      const place = this.#names.get(part) ?? `#n${this.#names.size}`;
      this.#names.set(part, place);
      return text === '' ? place : `${text}.${place}`;
    }, '');
  }

  value(value: unknown): string {
    const place = `:v${this.#values.size}`;
    this.#values.set(place, value);
    return place;
  }

  substitutions() {
    return {
      ...(this.#names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, place]) => [place, name])),
      }),
      ...(this.#values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }
}
