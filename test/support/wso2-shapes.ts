import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Kind = z.union([z.string(), z.array(z.string())]);
type Kind = z.infer<typeof Kind>;
const Shape = z.object({ required: z.array(z.string()), fields: z.record(z.string(), Kind) });
const { shapes } = z
  .object({ shapes: z.record(z.string(), z.record(z.string(), Shape)) })
  .parse(JSON.parse(readFileSync(new URL('../wso2/answer-shapes.json', import.meta.url), 'utf8')));

export type Wso2Api = 'devportal' | 'publisher' | 'admin';

/**
 * What an answer does otherwise than WSO2's contract says of `name` (or of a list of it: `name[]`), each with its place.
 * Fields that the contract does not have are no matter.
 */
export function shapeProblems(api: Wso2Api, name: string, value: unknown, at = name): readonly string[] {
  if (name.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${at} must be a list`];
    return value.flatMap((item: unknown, index) =>
      shapeProblems(api, name.slice(0, -2), item, `${at}.${index}`),
    );
  }
  const shape = shapes[api]?.[name];
  if (shape === undefined) return isOfKind(name, value) ? [] : [`${at} must be ${name}`];
  const { data: object } = z.record(z.string(), z.unknown()).safeParse(value);
  if (object === undefined) return [`${at} must be an object`];
  return [
    ...shape.required.filter((field) => !(field in object)).map((field) => `${at}.${field} is missing`),
    ...Object.entries(shape.fields).flatMap(([field, kind]) =>
      field in object ? kindProblems(api, kind, object[field], `${at}.${field}`) : [],
    ),
  ];
}

function kindProblems(api: Wso2Api, kind: Kind, value: unknown, at: string): readonly string[] {
  if (typeof kind === 'string') return shapeProblems(api, kind, value, at);
  return kind.some((choice) => choice === value) ? [] : [`${at} must be one of ${kind.join(', ')}`];
}

function isOfKind(kind: string, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'integer or null':
      return value === null || Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return z.record(z.string(), z.unknown()).safeParse(value).success;
    default:
      throw new Error(`there is no shape ${kind}`);
  }
}
