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
    description: 'An access token of the identity provider. Operations name the roles that they require.',
  },
  keyValue: {
    type: 'apiKey',
    in: 'header',
    name: HOLDER_HEADER,
    description:
      'A working key value: not revoked, replaced or expired. Send it in this header, whatever header its API uses.',
  },
} as const;

const PARAMETERS = {
  Group: {
    name: GROUP_HEADER,
    in: 'header',
    description:
      "Acts for a group of the caller: the request sees and changes the applications, subscriptions and keys that the group's members share.",
    schema: { type: 'string' },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The ETag of an earlier answer, or `*`. The change happens only if nothing has changed since.',
    schema: { type: 'string', examples: ['"7"'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A random value, such as a UUID, new for each operation. Within 24 hours, the same request with the same key is carried out once and gets the same answer; another request with this key gets 422. The key decrypts the stored answer, so it must not be guessable.',
    schema: { type: 'string', pattern: '^("?)[A-Za-z0-9_-]{22,128}\\1$' },
  },
};

const HEADERS = {
  Location: { description: 'Path of the created resource.', schema: { type: 'string' } },
  ETag: {
    description: 'The version of the resource, for If-Match.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  },
  IdempotentReplayed: {
    description: 'Present if the answer repeats that of an earlier request with the same Idempotency-Key.',
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
    "API Gateway's own answer to a request without a valid access token, or with broken percent-encoding in its path.",
  properties: { message: { type: 'string' } },
  required: ['message'],
};

/** The error entity of WSO2 API Manager. */
const ERROR = {
  type: 'object',
  properties: {
    code: { type: 'integer', description: 'The HTTP status.' },
    message: { type: 'string' },
    description: { type: 'string', description: 'Explanation, for people.' },
    moreInfo: { type: 'string' },
    error: {
      type: 'array',
      description: 'One entry for each wrong field.',
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
