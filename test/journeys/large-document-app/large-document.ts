import { createHash } from 'node:crypto';

/** A document of more than 3 MB as JSON, the same at each call, that does not compress to next to nothing. */
export function largeDocument(): string {
  const schemas = Array.from({ length: 6000 }, (_, index): [string, object] => {
    const id = createHash('sha256').update(String(index)).digest('hex').slice(0, 16);
    return [
      id,
      { type: 'object', description: `The thing ${id}. `.repeat(18), properties: { id: { type: 'string' } } },
    ];
  });
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Large', version: '1.0.0' },
    paths: { '/echo': { get: {} } },
    components: { schemas: Object.fromEntries(schemas) },
  });
}
