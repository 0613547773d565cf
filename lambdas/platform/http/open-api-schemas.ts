import { z } from 'zod';
import type { NamedSchemas } from './open-api-components.ts';
import { tolerances } from './tolerance.ts';

export type Json = Readonly<Record<string, unknown>>;

const JsonObject = z.record(z.string(), z.unknown());
const Properties = z.object({
  properties: z.record(z.string(), JsonObject).default({}),
  required: z.array(z.string()).default([]),
});

/** The content of a request (`input`) or response (`output`) with this body. */
export function bodyContent(schema: z.ZodType, io: 'input' | 'output', schemas: NamedSchemas): Json {
  return { 'application/json': { schema: jsonSchemaOf(schema, io, schemas) } };
}

/** One parameter for each member of the schema of a path or query. */
export function parameterSchemas(place: 'path' | 'query', schema: z.ZodType, schemas: NamedSchemas): Json[] {
  const { properties, required } = Properties.parse(jsonSchemaOf(schema, 'input', schemas));
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

/** What zod says of a schema; what has an `id` of its own goes to `schemas`, and is referred to. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: NamedSchemas): Json {
  const { $schema, $defs, ...own } = JsonObject.parse(
    z.toJSONSchema(schema, { io, override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema) }),
  );
  for (const [name, definition] of Object.entries(JsonObject.parse($defs ?? {}))) {
    const { id, ...named } = JsonObject.parse(withComponentReferences(definition));
    const before = schemas.get(name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(named)) {
      throw new Error(`two schemas have the name ${name}`);
    }
    schemas.set(name, named);
  }
  return JsonObject.parse(withComponentReferences(own));
}

/**
 * Leaves out what zod adds to numbers: the bounds of a double's integers, and the pattern of their text in a query.
 * Brings back the default, which zod withholds for a text that becomes a number.
 */
function tidy(zodSchema: z.core.$ZodType, schema: z.core.JSONSchema.BaseSchema): void {
  tidyInteger(zodSchema, schema);
  declareTolerance(zodSchema, schema);
}

/** Values that a field accepts beyond its schema. Its description stays where readers look for it. */
function declareTolerance(zodSchema: z.core.$ZodType, schema: z.core.JSONSchema.BaseSchema): void {
  const tolerance = tolerances.get(zodSchema);
  if (tolerance === undefined || schema.anyOf !== undefined) return;
  const { nothing = [], emptyList = false, numberAsText = false } = tolerance;
  const { description, readOnly, ...own } = schema;
  if (Object.keys(own).length === 0) return;
  for (const name of Object.keys(own)) Reflect.deleteProperty(schema, name);
  schema.anyOf = [
    own,
    ...(nothing.length > 0 ? [{ enum: [...nothing] }] : []),
    ...(emptyList ? [{ type: 'array' as const, maxItems: 0 }] : []),
    ...(numberAsText ? [{ type: 'string' as const, pattern: '^-?\\d{1,15}$' }] : []),
  ];
}

function tidyInteger(zodSchema: z.core.$ZodType, schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.type !== 'integer') return;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  delete schema.pattern;
  const usual = z.globalRegistry.get(zodSchema)?.['default'];
  if (typeof usual === 'number') schema.default = usual;
}

function withComponentReferences(schema: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  const value: unknown = JSON.parse(text);
  return value;
}
