import { FAULTS, type FaultCode } from '../../core/http/fault.ts';
import { GROUP_HEADER, HOLDER_HEADER, type Role } from '../../contract/roles.ts';

/** Schemas that have a name, by it. */
export type NamedSchemas = Map<string, Readonly<Record<string, unknown>>>;

/** What all operations share, and the schemas that they refer to. `roles`: of all operations. */
export function openApiComponents(schemas: NamedSchemas, roles: readonly Role[]) {
  return {
    securitySchemes: Object.fromEntries(
      roles.map((role) => {
        const scheme = schemeOf(role);
        return [scheme, SECURITY_SCHEMES[scheme]];
      }),
    ),
    parameters: PARAMETERS,
    headers: HEADERS,
    responses: Object.fromEntries(
      Object.entries(FAULTS).map(([code, { title }]) => [
        code,
        {
          description: title,
          content: {
            'application/json': {
              schema: ALSO_OF_GATEWAY.has(code) ? { anyOf: [OUR_ERROR, GATEWAY_ERROR] } : OUR_ERROR,
            },
          },
        },
      ]),
    ),
    schemas: Object.fromEntries(
      Object.entries({ ...Object.fromEntries(schemas), Error: ERROR, GatewayError: BARE_MESSAGE }).toSorted(
        ([one], [other]) => (one < other ? -1 : 1),
      ),
    ),
  };
}

/** What a caller of the role must show. */
export function securityRequirement(role: Role): Readonly<Record<string, readonly string[]>> {
  const scheme = schemeOf(role);
  return { [scheme]: scheme === 'accessToken' ? [role] : [] };
}

function schemeOf(role: Role): keyof typeof SECURITY_SCHEMES {
  return role === 'holder' ? 'keyValue' : 'accessToken';
}

const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the identity provider. Requirements name roles from its roles claim.',
  },
  keyValue: {
    type: 'apiKey',
    in: 'header',
    name: HOLDER_HEADER,
    description:
      'The value of a key that works: not revoked, not replaced, not expired. It is the whole credential, whichever header its API takes it from.',
  },
} as const;

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
  Location: { description: 'Path of what was created.', schema: { type: 'string' } },
  ETag: {
    description: 'The version of the resource, for If-Match.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  },
  IdempotentReplayed: {
    description: 'Present when the answer is that of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', const: 'true' },
  },
};

/**
 * What API Gateway refuses by itself, too, with its own body, which HTTP APIs cannot change: a path that it cannot
 * decode, no valid token, a body of more than 10 MB, a function that does not answer.
 */
const ALSO_OF_GATEWAY: ReadonlySet<string> = new Set([
  'bad_request',
  'unauthenticated',
  'too_large',
  'unavailable',
] satisfies FaultCode[]);
const OUR_ERROR = { $ref: '#/components/schemas/Error' } as const;
const GATEWAY_ERROR = { $ref: '#/components/schemas/GatewayError' } as const;

const BARE_MESSAGE = {
  type: 'object',
  description:
    'The answer of API Gateway to a request that it does not hand over: no valid access token, a path whose percent-encoding is broken.',
  properties: { message: { type: 'string' } },
  required: ['message'],
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
