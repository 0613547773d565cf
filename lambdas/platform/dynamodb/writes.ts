import { notLive, removeWhere, updateWhere, type Term } from './conditional-updates.ts';
import type { ItemKey } from './keys.ts';
import type { Condition, Write } from './write.ts';

export type { Write } from './write.ts';

interface Versioned {
  readonly version: number;
}

/** Writes an item that must not exist yet. */
export function create(key: ItemKey, attributes: Record<string, unknown>): Write {
  return {
    type: 'put',
    item: { ...attributes, ...key },
    condition: { ConditionExpression: 'attribute_not_exists(pk)' },
  };
}

/** Writes an item that must not exist, unless its TTL is over: the table deletes such items days later. */
export function createUnlessLive(
  key: ItemKey,
  attributes: Record<string, unknown>,
  nowSeconds: number,
): Write {
  return {
    type: 'put',
    item: { ...attributes, ...key },
    condition: notLive(nowSeconds),
  };
}

/** Writes an item whatever is there: another write of the same transaction guards it. */
export function overwrite(key: ItemKey, attributes: Record<string, unknown>): Write {
  return { type: 'put', item: { ...attributes, ...key } };
}

/** Writes an item that nobody has, or that has this text already: its own. */
export function createOrOwn(key: ItemKey, attributes: Record<string, unknown>, own: Own): Write {
  return {
    type: 'put',
    item: { ...attributes, ...key },
    condition: absentOrOwn(own),
  };
}

/** Deletes an item that has this text, or is gone. */
export function removeOwn(key: ItemKey, own: Own): Write {
  return { type: 'delete', key, condition: absentOrOwn(own) };
}

interface Own {
  readonly attribute: string;
  readonly equals: string;
}

function absentOrOwn({ attribute, equals }: Own): Condition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR #own = :own',
    ExpressionAttributeNames: { '#own': attribute },
    ExpressionAttributeValues: { ':own': equals },
  };
}

/** Replaces an item that must still be at `read.version`; the new one gets the next version. */
export function replace(key: ItemKey, read: Versioned, attributes: Record<string, unknown>): Write {
  return {
    type: 'put',
    item: { ...attributes, ...key, version: read.version + 1 },
    condition: {
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': read.version },
    },
  };
}

/** Deletes an item that must still be at `read.version`. */
export function remove(key: ItemKey, read: Versioned): Write {
  return removeWhere(key, [unchanged(read)]);
}

/** Deletes an item that must exist. */
export function removeExisting(key: ItemKey): Write {
  return removeWhere(key, []);
}

/**
 * Sets attributes of an item that must exist; those that are `undefined` are removed. With `where`, the item must
 * also have this text.
 */
export function setAttributes(
  key: ItemKey,
  attributes: Record<string, unknown>,
  where?: { readonly attribute: string; readonly equals: string },
): Write {
  const terms = where === undefined ? [] : [{ path: [where.attribute], equals: where.equals }];
  return updateWhere(key, { ...assigned(attributes), where: terms });
}

function assigned(attributes: Record<string, unknown>) {
  const entries = Object.entries(attributes);
  return {
    set: entries.filter(([, value]) => value !== undefined).map(([name, value]) => [[name], value] as const),
    remove: entries.filter(([, value]) => value === undefined).map(([name]) => [name]),
  };
}

function unchanged({ version }: Versioned): Term {
  return { path: ['version'], equals: version };
}

/**
 * Adds to a number of an item that must exist. It is no new version of it: whoever writes the item otherwise must leave
 * the number alone (`changeAttributes`), or demand its value (`removeUncounted`).
 */
export function addToCount(key: ItemKey, attribute: string, change: number): Write {
  return updateWhere(key, { add: [[[attribute], change]] });
}

/**
 * Sets attributes of an item that must still be at `read.version`, which gets the next one; those that are `undefined`
 * are removed, and those that are not named stay.
 */
export function changeAttributes(key: ItemKey, read: Versioned, attributes: Record<string, unknown>): Write {
  return updateWhere(key, {
    ...assigned({ ...attributes, version: read.version + 1 }),
    where: [unchanged(read)],
  });
}

/** Deletes an item that must still be at `read.version`, and whose count must be zero. */
export function removeUncounted(key: ItemKey, read: Versioned, count: string): Write {
  return removeWhere(key, [unchanged(read), { path: [count], equals: 0 }]);
}

/**
 * Adds to numbers of an item, which is made when there is none, and sets `attributes`, which never differ. No condition:
 * another write of the same transaction sees to it that this happens once.
 */
export function addToNumbers(
  key: ItemKey,
  numbers: Readonly<Record<string, number>>,
  attributes: Readonly<Record<string, unknown>>,
): Write {
  const added = Object.entries(numbers).map(([name, value], index) => ({ name, value, place: `a${index}` }));
  const set = Object.entries(attributes).map(([name, value], index) => ({ name, value, place: `s${index}` }));
  return {
    type: 'update',
    key,
    update: `ADD ${added.map(({ place }) => `#${place} :${place}`).join(', ')} SET ${set.map(({ place }) => `#${place} = :${place}`).join(', ')}`,
    condition: {
      ExpressionAttributeNames: Object.fromEntries(
        [...added, ...set].map(({ name, place }) => [`#${place}`, name]),
      ),
      ExpressionAttributeValues: Object.fromEntries(
        [...added, ...set].map(({ value, place }) => [`:${place}`, value]),
      ),
    },
  };
}

/** Sets one entry of a map in an item that must exist; `undefined` removes it. */
export function setMapEntry(key: ItemKey, attribute: string, entry: string, value: unknown): Write {
  const path = [attribute, entry];
  return updateWhere(key, value === undefined ? { remove: [path] } : { set: [[path, value]] });
}
