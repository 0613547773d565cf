import { z } from 'zod';

/** The parts of a call that name attributes. */
export interface ExpressionCall {
  readonly Key?: Readonly<Record<string, unknown>> | undefined;
  readonly Item?: Readonly<Record<string, unknown>> | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, unknown>>;
}

/** Keys are texts, numbers or bytes: each a text in JSON. */
const KeyValue = z.record(z.string(), z.string());
const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE']);

/** The top-level attributes that a call names, in its key, its item and its expressions. */
export function attributesIn(call: ExpressionCall): readonly string[] {
  const expressions = [
    call.ProjectionExpression,
    call.KeyConditionExpression,
    call.FilterExpression,
    call.ConditionExpression,
    call.UpdateExpression,
  ].join(' ');
  const named = Array.from(
    // Not a value (`:x`), a part of a path (`.x`) or a function (`x(`).
    expressions.matchAll(/(?<![:.\w#-])(#?[A-Za-z_][\w-]*)(?!\w*\s*\()/g),
    ([, token = '']) => token,
  )
    .filter((token) => !KEYWORDS.has(token.toUpperCase()))
    .map((token) => call.ExpressionAttributeNames[token] ?? token);
  return [...new Set([...Object.keys(call.Key ?? {}), ...Object.keys(call.Item ?? {}), ...named])];
}

/** The value of the partition key `hashKey` that a call is about; undefined when it names none, as a scan. */
export function leadingKeyIn(call: ExpressionCall, hashKey: string): string | undefined {
  const direct = call.Key?.[hashKey] ?? call.Item?.[hashKey];
  if (direct !== undefined) return textOf(direct);
  for (const [, name = '', value = ''] of (call.KeyConditionExpression ?? '').matchAll(
    /(#?[\w-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((call.ExpressionAttributeNames[name] ?? name) === hashKey) {
      return textOf(call.ExpressionAttributeValues[value]);
    }
  }
  return undefined;
}

/** `{"S":"x"}` → `x`; a number and bytes are texts, too. */
function textOf(value: unknown): string | undefined {
  const parsed = KeyValue.safeParse(value);
  return parsed.success ? Object.values(parsed.data)[0] : undefined;
}
