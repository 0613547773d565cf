import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** An update of a custom resource carries its properties twice through an invocation of at most 256 KB. */
const MOST_PART_CHARACTERS = 96 * 1024;
/** Good and quick: the best takes ten times as long, for a tenth less. */
const COMPRESSION = 9;
/** Longer than any document that is registered: what claims to be is not unpacked. */
const MOST_UNPACKED_BYTES = 16 * 1024 * 1024;

/** An OpenAPI document in parts that each fit into a custom resource, and into an item of the table. */
export interface PackedDefinition {
  /** SHA-256 of the document, as hexadecimal digits. */
  readonly digest: string;
  /** Compressed, as base64, cut. */
  readonly parts: readonly string[];
}

export function packDefinition(definition: string): PackedDefinition {
  const packed = brotliCompressSync(definition, {
    params: { [constants.BROTLI_PARAM_QUALITY]: COMPRESSION, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).toString('base64');
  const count = Math.ceil(packed.length / MOST_PART_CHARACTERS);
  return {
    digest: digestOf(definition),
    parts: Array.from({ length: count }, (_, index) =>
      packed.slice(index * MOST_PART_CHARACTERS, (index + 1) * MOST_PART_CHARACTERS),
    ),
  };
}

/** @throws Error when the parts are not those of the document with this digest. */
export function unpackDefinition({ digest, parts }: PackedDefinition): string {
  const definition = brotliDecompressSync(Buffer.from(parts.join(''), 'base64'), {
    maxOutputLength: MOST_UNPACKED_BYTES,
  }).toString('utf8');
  if (digestOf(definition) !== digest) {
    throw new Error('the parts of a definition are not those of its digest');
  }
  return definition;
}

function digestOf(definition: string): string {
  return createHash('sha256').update(definition).digest('hex');
}
