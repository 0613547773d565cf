import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { isPlainText } from '../lambdas/core/plain-text.ts';
import { texts } from './prop-kinds.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

const SecurityScheme = z.looseObject({
  type: z.string(),
  in: z.string().optional(),
  name: z.string().optional(),
});

/** A vendor extension may hold anything, and is no path. */
const isExtension = (name: string) => name.startsWith('x-');

const PathItem = z
  .record(z.string(), z.unknown())
  .refine((item) => !('$ref' in item), 'has a $ref, which is not followed: write its operations here')
  .refine((item) => !('trace' in item), 'has the operation trace, which an HTTP API cannot route');

const Paths = z.preprocess(
  (paths) =>
    typeof paths === 'object' && paths !== null && !Array.isArray(paths)
      ? Object.fromEntries(Object.entries(paths).filter(([name]) => !isExtension(name)))
      : paths,
  z.record(z.string().startsWith('/', 'must begin with a slash'), PathItem),
);

const Document = z.looseObject({
  openapi: z.string().regex(/^3\.[01]\./, 'must be 3.0.x or 3.1.x'),
  info: z.looseObject({
    title: z.string().min(1).refine(isPlainText, 'must not have control or invisible characters'),
    version: z.string().min(1).refine(isPlainText, 'must not have control or invisible characters'),
    description: z.string().optional(),
  }),
  paths: Paths,
  components: z.looseObject({ securitySchemes: z.record(z.string(), SecurityScheme).optional() }).optional(),
});

/** One operation: a route of the gateway. */
export type Operation = Readonly<z.infer<typeof Operation>>;
const Operation = z.object({
  /** Upper case. */
  method: z.string(),
  /** With parameters in braces. */
  path: z.string(),
});

/** What a gateway needs of an OpenAPI document, and the document itself. */
export type OpenApiDocument = Readonly<z.infer<typeof OpenApiDocument>>;
export const OpenApiDocument = z.object({
  title: z.string(),
  version: z.string(),
  description: z.string(),
  operations: z.array(Operation).readonly(),
  /** Where the document's `apiKey` security schemes say that the key travels, each name once. */
  keyHeaders: texts,
  keyQueryParameters: texts,
  /** The whole document as JSON. */
  json: z.string(),
});

/**
 * Reads an OpenAPI 3.0 or 3.1 document, YAML or JSON.
 * @throws Error that names the file and each place that is wrong.
 */
export function readOpenApiDocument(file: string): OpenApiDocument {
  const content = parseYaml(file);
  const reading = Document.safeParse(content);
  if (!reading.success) throw refusal(file, reading.error.issues.map(describe).join('; '));
  const { info, paths, components } = reading.data;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({ method: method.toUpperCase(), path })),
  );
  if (operations.length === 0) throw new Error(`${file} has no operations`);
  const schemes = Object.values(components?.securitySchemes ?? {}).filter(({ type }) => type === 'apiKey');
  const namesIn = (place: string) =>
    schemes.flatMap((scheme) => (scheme.in === place ? (scheme.name ?? []) : []));
  return {
    title: info.title,
    version: info.version,
    description: info.description ?? '',
    operations,
    keyHeaders: [...new Map(namesIn('header').map((name) => [name.toLowerCase(), name])).values()],
    keyQueryParameters: [...new Set(namesIn('query'))],
    json: JSON.stringify(content),
  };
}

/** YAML contains JSON. */
function parseYaml(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    const content: unknown = parse(text);
    return content;
  } catch (error) {
    if (error instanceof YAMLParseError) throw refusal(file, error.message, error);
    throw error;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`;
}

function refusal(file: string, problem: string, cause?: Error): Error {
  return new Error(`${file} is not an OpenAPI document that can be served: ${problem}`, { cause });
}
