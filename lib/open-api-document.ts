import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

const SecurityScheme = z.looseObject({
  type: z.string(),
  in: z.string().optional(),
  name: z.string().optional(),
});

const Document = z.looseObject({
  openapi: z.string().regex(/^3\.[01]\./, 'must be 3.0.x or 3.1.x'),
  info: z.looseObject({
    title: z.string().min(1),
    version: z.string().min(1),
    description: z.string().optional(),
  }),
  paths: z.record(z.string().startsWith('/', 'must begin with a slash'), z.record(z.string(), z.unknown())),
  components: z.looseObject({ securitySchemes: z.record(z.string(), SecurityScheme).optional() }).optional(),
});

/** One operation: a route of the gateway. */
export interface Operation {
  /** Upper case. */
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
}

/** What a gateway needs of an OpenAPI document, and the document itself. */
export interface OpenApiDocument {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly operations: readonly Operation[];
  /** Where the document's `apiKey` security schemes say that the key travels. */
  readonly keyHeader?: string;
  readonly keyQueryParameter?: string;
  /** The whole document as JSON. */
  readonly json: string;
}

/**
 * Reads an OpenAPI 3.0 or 3.1 document, YAML or JSON.
 * @throws Error that names the file and each place that is wrong.
 */
export function readOpenApiDocument(file: string): OpenApiDocument {
  const reading = Document.safeParse(parse(readFileSync(file, 'utf8')));
  if (!reading.success) {
    const problems = reading.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`${file} is not an OpenAPI document that can be served: ${problems.join('; ')}`);
  }
  const document = reading.data;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({ method: method.toUpperCase(), path })),
  );
  if (operations.length === 0) throw new Error(`${file} has no operations`);
  const schemes = Object.values(document.components?.securitySchemes ?? {}).filter(
    ({ type }) => type === 'apiKey',
  );
  const keyHeader = schemes.find((scheme) => scheme.in === 'header')?.name;
  const keyQueryParameter = schemes.find((scheme) => scheme.in === 'query')?.name;
  return {
    title: document.info.title,
    version: document.info.version,
    description: document.info.description ?? '',
    operations,
    json: JSON.stringify(document),
    ...(keyHeader !== undefined && { keyHeader }),
    ...(keyQueryParameter !== undefined && { keyQueryParameter }),
  };
}
