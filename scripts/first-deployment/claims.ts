import { PORTAL_BASE } from '../../lambdas/contract/api-paths.ts';
import { KEY_HEADER, type Claim, type Examined } from './prove-claims.ts';
import type { RawAnswer } from './send-raw.ts';

const PET = '/pet/10';
const statusAndBody = ({ status, text }: RawAnswer) => `${status} ${text}`;
const statusOf = ({ status }: RawAnswer) => String(status);

/** A call with a good key, by its path alone. */
function path(says: string, called: string, expected: string, seen = statusOf): Claim {
  return { says, expected, see: async ({ call }) => seen(await call(called)) };
}

function byHand(says: string, notRunBecause: string): Claim {
  return { says, expected: '', see: undefined, notRunBecause };
}

async function revokedAtOnce({ call, newKey, manage }: Examined): Promise<string> {
  const { keyUUID, apikey, apiId } = await newKey();
  const withKey = { headers: { [KEY_HEADER]: apikey } };
  const before = await call(PET, withKey);
  await manage('POST', `${PORTAL_BASE}/apis/${apiId}/api-keys/revoke`, { keyUUID });
  const after = await call(PET, withKey);
  return `${before.status}, then ${after.status}`;
}

/** What docs/contribute/fidelity-gateway.md and docs/contribute/fidelity-runner.md say, and only a deployment can prove. */
export const CLAIMS: readonly Claim[] = [
  path('A key opens its API', PET, '200'),
  {
    says: 'A call without a key is refused by the guard, with its sentence',
    expected: '401 with a description',
    see: async ({ call }) => {
      const { status, text } = await call(PET, { headers: {} });
      return `${status} ${text.includes('description') ? 'with a description' : text}`;
    },
  },
  { says: 'A revoked key is refused at the next call', expected: '200, then 401', see: revokedAtOnce },
  path('An unknown route is 404', '/none/of/these', '404 {"message":"Not Found"}', statusAndBody),
  path('A doubled slash is a segment of its own', `/${PET}`, '404'),
  path('A trailing slash is a segment of its own', `${PET}/`, '404'),
  path('%2F in a path is a slash before routes are matched', '/pet%2F10', '200'),
  path('A broken escape in a path is 400', '/pet/%zz', '400 {"message":"Bad Request"}', statusAndBody),
  path('A broken escape in a query is no error', `${PET}?a=%zz`, '200'),
  path('.. in a path is neither resolved nor refused', '/pet/../pet/10', '404'),
  {
    says: 'Every answer has an id of the request',
    expected: 'allowed, refused, unknown',
    see: async ({ call }) => {
      const answers = {
        allowed: await call(PET),
        refused: await call(PET, { headers: {} }),
        unknown: await call('/none/of/these'),
      };
      return Object.entries(answers)
        .filter(([, { headers }]) => headers['apigw-requestid'] !== undefined)
        .map(([name]) => name)
        .join(', ');
    },
  },
  {
    says: 'The management API refuses a caller without a token',
    expected: '401 {"message":"Unauthorized"}',
    see: async ({ manage }) => statusAndBody(await manage('GET', `${PORTAL_BASE}/apis`, undefined, {})),
  },
  {
    says: 'The management API refuses a malformed token',
    expected: '401 {"message":"Unauthorized"} Bearer',
    see: async ({ manage }) => {
      const answer = await manage('GET', `${PORTAL_BASE}/apis`, undefined, {
        authorization: 'Bearer a.b.c',
      });
      return `${statusAndBody(answer)} ${(answer.headers['www-authenticate'] ?? '').split(' ')[0] ?? ''}`;
    },
  },
  byHand('No mapping of a domain takes the path: 403', 'needs a custom domain; call a path that no API has'),
  byHand('A disabled execute-api endpoint is 404', 'needs an API with disableExecuteApiEndpoint'),
  byHand('A lifecycle event reaches a rule on the bus', 'needs a rule; see docs/use/events.md'),
  byHand('An alarm reaches its address', 'set one with aws cloudwatch set-alarm-state'),
  byHand('A changed issuer is refused', 'deploy with another audience; the stack must roll back'),
];
