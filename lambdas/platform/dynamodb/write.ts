import type { ItemKey } from './keys.ts';

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
export interface Substitutions {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

export interface Condition extends Substitutions {
  readonly ConditionExpression: string;
}

/** The item that a part of a transaction is about. */
export function keyOfWrite(write: Write): ItemKey {
  return write.type === 'put' ? { pk: write.item.pk, sk: write.item.sk } : write.key;
}
