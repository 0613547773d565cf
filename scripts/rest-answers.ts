import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';

/**
 * Schemas of the OpenAPI documents that the command line reads answers with. An answer that a document describes in its
 * operation gets a name here: `name: 'post /path'`.
 */
const READ = {
  portal: {
    schemas: [
      ...['Api', 'ApiKey', 'Application', 'DryRun', 'Error', 'IssuedApiKey', 'KeyUsage', 'Pagination'],
      ...['Refusal', 'Subscription', 'ThrottlingPolicy'],
    ],
    operations: {},
  },
  admin: {
    schemas: [
      ...['AnyApiKey', 'AnyApplication', 'ApiName', 'ApplicationThrottlePolicy', 'AuditEntry'],
      'LookedUpApiKey',
    ],
    operations: { BulkRevocation: 'post /api-keys/bulk-revoke' },
  },
  publisher: {
    schemas: ['StandingDecision'],
    operations: { LifecycleChange: 'post /apis/change-lifecycle' },
  },
} as const satisfies Record<
  string,
  { readonly schemas: readonly string[]; readonly operations: Readonly<Record<string, string>> }
>;

export type ReadDocument = keyof typeof READ;
export const READ_DOCUMENTS: readonly ReadDocument[] = ['portal', 'admin', 'publisher'];

/** `true` or `false` in the place of a schema. */
const anything = z.boolean().transform(() => undefined);

/**
 * Of a JSON schema, names and types alone. Enumerations, patterns and bounds are left out, because a newer server can
 * say other words.
 */
const Schema = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  get items() {
    return z.union([Schema, anything]).optional();
  },
  get anyOf() {
    return z.array(Schema).optional();
  },
  get additionalProperties() {
    return z.union([Schema, anything]).optional();
  },
});
type Schema = z.infer<typeof Schema>;

const Answered = z.object({ content: z.object({ 'application/json': z.object({ schema: Schema }) }) });
const Operation = z.object({ responses: z.object({ 200: Answered.optional() }) });
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

/** The file of the command line that has the schemas of a document. */
export function answersFile(name: ReadDocument): URL {
  return new URL(`../cli/rest/generated/${name}.ts`, import.meta.url);
}

/** What that file must hold: zod schemas, and their types. */
export async function answersText(name: ReadDocument): Promise<string> {
  const path = new URL(`../docs/openapi/${name}.json`, import.meta.url);
  const { paths, components } = Document.parse(JSON.parse(readFileSync(path, 'utf8')));
  const { schemas, operations } = READ[name];
  const read: Record<string, Schema> = {};
  const add = (as: string, schema: Schema | undefined): void => {
    if (as in read) return;
    if (schema === undefined) throw new Error(`The document ${name} lacks ${as}.`);
    read[as] = schema;
    for (const [, referred = ''] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      add(referred, components.schemas[referred]);
    }
  };
  for (const schema of schemas) add(schema, components.schemas[schema]);
  for (const [as, operation] of Object.entries<string>(operations)) {
    const [method = '', url = ''] = operation.split(' ');
    const { responses } = Operation.parse(paths[url]?.[method]);
    add(as, responses[200]?.content['application/json'].schema);
  }
  return format(await schemasAsZod(read), {
    ...(await resolveConfig(answersFile(name))),
    parser: 'typescript',
  });
}

async function schemasAsZod(schemas: Readonly<Record<string, Schema>>): Promise<string> {
  const output = mkdtempSync(join(tmpdir(), 'keybound-answers-'));
  try {
    const names = { name: '{{name}}', case: 'PascalCase' } as const;
    await createClient({
      input: {
        openapi: '3.1.0',
        info: { title: 'Answers', version: '1' },
        paths: {},
        components: { schemas },
      },
      output,
      logs: { level: 'silent', file: false },
      plugins: [{ name: 'zod', definitions: { ...names, types: { infer: { enabled: true, ...names } } } }],
    });
    const text = readFileSync(join(output, 'zod.gen.ts'), 'utf8');
    return text.replace(/^\/\/.*\n/, '// Written by `npm run rest-answers` from the OpenAPI documents.\n');
  } finally {
    rmSync(output, { recursive: true });
  }
}
