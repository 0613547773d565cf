import type { AttributeValue } from 'aws-lambda';

/** An item of a stream record as the document client would show it; sets and binary values do not occur. */
export function plainItem(image: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue({ S: text, N: number, BOOL: flag, L: list, M: map }: AttributeValue): unknown {
  if (text !== undefined) return text;
  if (number !== undefined) return Number(number);
  if (flag !== undefined) return flag;
  if (list !== undefined) return list.map(plainValue);
  return map === undefined ? null : plainItem(map);
}
