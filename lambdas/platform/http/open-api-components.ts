import { GROUP_HEADER } from './read-caller.ts';
import { FAULTS } from '../../core/fault.ts';

/** Schemas that have a name, by it. */
export type NamedSchemas = Map<string, Readonly<Record<string, unknown>>>;

/** What all operations share, and the schemas that they refer to. */
export function openApiComponents(schemas: NamedSchemas) {
  return {
    securitySchemes: {
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'An access token of the identity provider. Requirements name roles from its roles claim.',
      },
    },
    parameters: PARAMETERS,
    headers: HEADERS,
    responses: Object.fromEntries(
      Object.entries(FAULTS).map(([code, { title }]) => [
        code,
        {
          description: title,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      ]),
    ),
    schemas: Object.fromEntries(
      [...schemas, ['Error', ERROR] as const].toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
  };
}

const PARAMETERS = {
  Group: {
    name: GROUP_HEADER,
    in: 'header',
    description:
      'A group of the caller to act for: the request is then about the applications, subscriptions and keys of the group, which all its members share.',
    schema: { type: 'string' },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of an earlier answer: the change happens only if nothing has changed since. Or *.',
    schema: { type: 'string', examples: ['"7"'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Random, such as a UUID, and new for each operation. Within 24 hours the same request with the same key is carried out once and answered alike; another request with the key is refused (422). It opens the stored answer, so that it must not be guessable.',
    schema: { type: 'string', pattern: '^("?)[A-Za-z0-9_-]{22,128}\\1$' },
  },
};

const HEADERS = {
  ETag: {
    description: 'The version of the resource, for If-Match.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  },
  IdempotentReplayed: {
    description: 'Present when the answer is that of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', const: 'true' },
  },
};

/** The error entity of WSO2 API Manager. */
const ERROR = {
  type: 'object',
  properties: {
    code: { type: 'integer', description: 'The HTTP status.' },
    message: { type: 'string' },
    description: { type: 'string', description: 'What went wrong, for people.' },
    moreInfo: { type: 'string' },
    error: {
      type: 'array',
      description: 'One entry for each field that is wrong.',
      items: {
        type: 'object',
        properties: { code: { type: 'string' }, message: { type: 'string' } },
        required: ['code', 'message'],
        additionalProperties: false,
      },
    },
  },
  required: ['code', 'message', 'description', 'moreInfo', 'error'],
  additionalProperties: false,
};
