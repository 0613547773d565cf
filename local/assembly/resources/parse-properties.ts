import { z } from 'zod';
import { messageOf } from '../../message-of.ts';
import type { ResourceContext } from '../deployment.ts';

/**
 * Decodes a resource's properties.
 * @throws CannotRunError that names the first property which is unknown or not as expected.
 */
export function parseProperties<T>(context: ResourceContext, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(context.properties);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw context.cannotRun('its properties are not as expected');
  const path = ['Properties', ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    throw context.cannotRun('this property is not supported', [...path, issue.keys[0] ?? ''].join('.'));
  }
  throw context.cannotRun(issue.message, path.join('.'));
}

/**
 * Parses one property by rules of its own.
 * @throws CannotRunError with what `parse` threw, at `path`.
 */
export function parseProperty<T>(context: ResourceContext, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw context.cannotRun(messageOf(error), path);
  }
}

/** A number, which CloudFormation also accepts as text. */
export const numberProperty = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** A boolean, which CloudFormation also accepts as text. */
export const booleanProperty = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
]);

/** A property that changes nothing here: accepted with any value. */
export const harmless = z.unknown().optional();
