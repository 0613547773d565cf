import { TTL_ATTRIBUTE, type ItemKey } from './keys.ts';

/** One part of a transaction, without the table's name. */
export type Write =
  | {
      readonly type: 'put';
      readonly item: Readonly<Record<string, unknown>> & ItemKey;
      readonly condition?: Condition;
    }
  | {
      readonly type: 'update';
      readonly key: ItemKey;
      readonly update: string;
      readonly condition: Condition | Substitutions;
    }
  | { readonly type: 'delete'; readonly key: ItemKey; readonly condition: Condition }
  /** Changes nothing: what others must not have changed. */
  | { readonly type: 'check'; readonly key: ItemKey; readonly condition: Condition };

/** What the names and values in expressions stand for. */
interface Substitutions {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

interface Condition extends Substitutions {
  readonly ConditionExpression: string;
}

/** The item that a part of a transaction is about. */
export function keyOfWrite(write: Write): ItemKey {
  return write.type === 'put' ? { pk: write.item.pk, sk: write.item.sk } : write.key;
}

const PRESENT = 'attribute_exists(pk)';

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
    condition: {
      ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':now': nowSeconds },
    },
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
    condition: unchanged(read),
  };
}

/** Deletes an item that must still be at `read.version`. */
export function remove(key: ItemKey, read: Versioned): Write {
  return { type: 'delete', key, condition: unchanged(read) };
}

/** Deletes an item that must exist. */
export function removeExisting(key: ItemKey): Write {
  return { type: 'delete', key, condition: { ConditionExpression: PRESENT } };
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
  const entries = Object.entries(attributes).map(([name, value], index) => ({ name, value, index }));
  const set = entries.filter(({ value }) => value !== undefined);
  const removed = entries.filter(({ value }) => value === undefined);
  const clauses = [
    set.length > 0 && `SET ${set.map(({ index }) => `#${index} = :${index}`).join(', ')}`,
    removed.length > 0 && `REMOVE ${removed.map(({ index }) => `#${index}`).join(', ')}`,
  ];
  return {
    type: 'update',
    key,
    update: clauses.filter((clause) => clause !== false).join(' '),
    condition: {
      ConditionExpression: where === undefined ? PRESENT : '#where = :where',
      ExpressionAttributeNames: {
        ...Object.fromEntries(entries.map(({ name, index }) => [`#${index}`, name])),
        ...(where !== undefined && { '#where': where.attribute }),
      },
      ...((set.length > 0 || where !== undefined) && {
        ExpressionAttributeValues: {
          ...Object.fromEntries(set.map(({ value, index }) => [`:${index}`, value])),
          ...(where !== undefined && { ':where': where.equals }),
        },
      }),
    },
  };
}

function unchanged(read: Versioned): Condition {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': read.version },
  };
}

/**
 * Adds to a number of an item that must exist. It is no new version of it: whoever writes the item otherwise must leave
 * the number alone (`changeAttributes`), or demand its value (`removeUncounted`).
 */
export function addToCount(key: ItemKey, attribute: string, change: number): Write {
  return {
    type: 'update',
    key,
    update: 'ADD #count :change',
    condition: {
      ConditionExpression: PRESENT,
      ExpressionAttributeNames: { '#count': attribute },
      ExpressionAttributeValues: { ':change': change },
    },
  };
}

/**
 * Sets attributes of an item that must still be at `read.version`, which gets the next one; those that are `undefined`
 * are removed, and those that are not named stay.
 */
export function changeAttributes(key: ItemKey, read: Versioned, attributes: Record<string, unknown>): Write {
  const write = setAttributes(key, { ...attributes, version: read.version + 1 });
  const {
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ConditionExpression: expression,
  } = unchanged(read);
  if (write.type !== 'update') return write;
  return {
    ...write,
    condition: {
      ConditionExpression: expression,
      ExpressionAttributeNames: { ...write.condition.ExpressionAttributeNames, ...names },
      ExpressionAttributeValues: { ...write.condition.ExpressionAttributeValues, ...values },
    },
  };
}

/** Deletes an item that must still be at `read.version`, and whose count must be zero. */
export function removeUncounted(key: ItemKey, read: Versioned, count: string): Write {
  const {
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ConditionExpression: expression,
  } = unchanged(read);
  return {
    type: 'delete',
    key,
    condition: {
      ConditionExpression: `${expression} AND #count = :none`,
      ExpressionAttributeNames: { ...names, '#count': count },
      ExpressionAttributeValues: { ...values, ':none': 0 },
    },
  };
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
  return {
    type: 'update',
    key,
    update: value === undefined ? 'REMOVE #map.#entry' : 'SET #map.#entry = :value',
    condition: {
      ConditionExpression: PRESENT,
      ExpressionAttributeNames: { '#map': attribute, '#entry': entry },
      ...(value !== undefined && { ExpressionAttributeValues: { ':value': value } }),
    },
  };
}
