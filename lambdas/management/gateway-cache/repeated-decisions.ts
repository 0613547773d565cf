import { Fault } from '../../core/http/fault.ts';
import { readFreshness } from '../../core/decision/freshness.ts';
import { UNLIMITED } from '../../core/limits/throttling-policy.ts';
import { ApiItem, KeyItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey, keyItemKey } from '../../platform/dynamodb/keys.ts';
import type { Reads } from '../frame/snapshot.ts';
import type { CredentialSubscriptions } from '../links/linked-credentials.ts';
import { readLinksOf } from '../links/links.ts';

/**
 * What API Gateway repeats a decision for it does not ask the authorizer about: neither the Referer of the next call
 * nor a limit would be looked at. Nobody may rely on what is not enforced, so that it is refused where it is set up.
 * An API that gets this mode later finds its calls refused with `mode_unenforceable`.
 */

/** Whether API Gateway repeats the decisions about calls of an API. */
export function repeatsDecisions({ freshness }: Pick<ApiItem, 'freshness'>): boolean {
  return readFreshness(freshness).mode === 'gateway';
}

/**
 * Refuses referrer rules of a key that opens an API with repeated decisions. `subscriptions`: what the credential of an
 * application's own key will carry, read on condition of the application's version.
 * @throws Fault `bad_request`
 */
export async function refuseUnenforceableReferrers(
  read: Reads,
  { apiId, permittedReferrer }: Pick<KeyItem, 'apiId' | 'permittedReferrer'>,
  subscriptions: CredentialSubscriptions,
): Promise<void> {
  if (permittedReferrer.length === 0) return;
  const opened = apiId === undefined ? Object.keys(subscriptions) : [apiId];
  const [api] = (await read.items(opened.map(apiItemKey), ApiItem)).filter(repeatsDecisions);
  if (api === undefined) return;
  throw new Fault(
    'bad_request',
    `${nameOf(api)} cannot enforce referrer restrictions: its gateway repeats decisions for the same key and address.`,
    { problems: [{ field: 'additionalProperties.permittedReferer', message: 'must be empty' }] },
  );
}

/**
 * Refuses a subscription to an API with repeated decisions that would bring limits, or referrer rules of the
 * application's own keys. All that it looks at is written on condition of the application's version.
 * @throws Fault `bad_request` for the plan, `conflict` for the application.
 */
export async function refuseUnenforceableSubscription(
  read: Reads,
  api: ApiItem,
  { owner, applicationId, throttlingPolicy, keys }: ApplicationItem,
  plan: string,
): Promise<void> {
  if (!repeatsDecisions(api)) return;
  if (plan !== UNLIMITED) {
    throw new Fault('bad_request', `${nameOf(api)} cannot enforce limits: its gateway repeats decisions.`, {
      problems: [{ field: 'throttlingPolicy', message: `must be ${UNLIMITED}` }],
    });
  }
  if (throttlingPolicy !== UNLIMITED) {
    throw new Fault(
      'conflict',
      `${nameOf(api)} cannot enforce limits: its gateway repeats decisions. Give the application the policy ${UNLIMITED} first.`,
    );
  }
  const own = await read.items(
    Object.keys(keys).map((keyUUID) => keyItemKey(owner, { boundApplicationId: applicationId }, keyUUID)),
    KeyItem,
  );
  const restricted = own.filter(({ permittedReferrer }) => permittedReferrer.length > 0);
  if (restricted.length === 0) return;
  const names = restricted.map(({ keyName }) => keyName).join(', ');
  throw new Fault(
    'conflict',
    `${nameOf(api)} cannot enforce the referrer restrictions of the application's own keys (${names}): its gateway repeats decisions. Take them off first.`,
  );
}

/**
 * Refuses a limit for an application that subscribes to an API with repeated decisions. To be written on condition of
 * the application's version.
 * @throws Fault `conflict`
 */
export async function refuseUnenforceablePolicy(
  read: Reads,
  application: ApplicationItem,
  policy: string,
): Promise<void> {
  if (policy === UNLIMITED) return;
  const links = await readLinksOf(read, application);
  const subscribed = links.filter(({ subscription }) => subscription !== undefined);
  const apis = await read.items(
    subscribed.map(({ apiId }) => apiItemKey(apiId)),
    ApiItem,
  );
  const [api] = apis.filter(repeatsDecisions);
  if (api === undefined) return;
  throw new Fault(
    'conflict',
    `The application subscribes to ${nameOf(api)}, which cannot enforce limits: its gateway repeats decisions. The policy must be ${UNLIMITED}.`,
  );
}

function nameOf({ name, version }: ApiItem): string {
  return `${name} ${version}`;
}
