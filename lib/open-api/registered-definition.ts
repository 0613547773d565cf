import { CustomResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { packDefinition } from '../../lambdas/contract/pack-definition.ts';
import {
  RESOURCE_TYPES,
  writeDefinitionPart,
  type Registration,
} from '../../lambdas/contract/registration.ts';
import type { OpenApiDocument } from './open-api-document.ts';
import { REGISTRAR_SERVICE_TIMEOUT } from '../internal/core/registrar.ts';

/**
 * Larger documents are registered in parts: an update carries the document twice through an invocation of 256 KB, as a text
 * of JSON, its quotes escaped.
 */
const MOST_INLINE_BYTES = 100 * 1024;
/** A template holds 1 MB, most of it for routes and integrations. */
const MOST_PACKED_CHARACTERS = 600 * 1024;
/** The answer of a function holds 6 MB, in which the document is such a text, too. */
const MOST_ANSWER_BYTES = 5.9 * 1024 * 1024;

/** The way of a document to the registrar. */
export interface RegisteredDefinition {
  /** The property of the registration: the document, or how to find its parts. */
  readonly definition: Registration['definition'];
  /** Resources that must exist before the registration. */
  readonly parts: readonly CustomResource[];
}

/** @returns why a document is too large to be registered, and served to developers. */
export function definitionSizeProblems({ json }: OpenApiDocument): readonly string[] {
  const bytes = escapedBytes(json);
  if (bytes > MOST_ANSWER_BYTES) {
    return [
      `its document has ${bytes} bytes in an answer of the developer portal, which holds ${MOST_ANSWER_BYTES}: remove examples or schemas, or split it`,
    ];
  }
  if (bytes <= MOST_PACKED_CHARACTERS) return [];
  const packed = packDefinition(json).parts.reduce((sum, part) => sum + part.length, 0);
  return packed > MOST_PACKED_CHARACTERS
    ? [
        `its document has ${packed} bytes when compressed, of which a template holds ${MOST_PACKED_CHARACTERS}: remove examples, or split it`,
      ]
    : [];
}

/**
 * Registers a document: a small one with its API, a large one compressed in parts, each a resource of its own, which
 * the registration names by the digest of the whole.
 */
export function registeredDefinition(
  scope: Construct,
  { json }: OpenApiDocument,
  { apiId, serviceToken }: { readonly apiId: string; readonly serviceToken: string },
): RegisteredDefinition {
  if (escapedBytes(json) <= MOST_INLINE_BYTES) return { definition: json, parts: [] };
  const { digest, parts } = packDefinition(json);
  return {
    definition: { digest, parts: parts.length },
    parts: parts.map(
      (content, index) =>
        new CustomResource(scope, `Definition${index + 1}`, {
          serviceToken,
          resourceType: RESOURCE_TYPES.definition,
          serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
          properties: writeDefinitionPart({ apiId, digest, part: index, content }),
        }),
    ),
  };
}

function escapedBytes(json: string): number {
  return Buffer.byteLength(JSON.stringify(json));
}
