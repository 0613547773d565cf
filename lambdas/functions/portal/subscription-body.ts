import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { Id, label } from '../../platform/http/schemas.ts';
import { blankable, lenient, readOnly, refuseChanges } from '../../platform/http/tolerance.ts';

/** A subscription as WSO2's DTO has it. */
export const SubscriptionBody = lenient(
  z.strictObject({
    applicationId: Id,
    apiId: Id,
    throttlingPolicy: label(100),
    requestedThrottlingPolicy: blankable(
      label(100)
        .exactOptional()
        .describe('The new plan, as the Developer Portal sends it next to the current one.'),
    ),
    subscriptionId: readOnly(),
    status: readOnly(),
    apiInfo: readOnly(),
    applicationInfo: readOnly(),
    redirectionParams: readOnly(),
    createdTime: readOnly(),
  }),
).meta({ id: 'SubscriptionInput' });
type SubscriptionBody = z.infer<typeof SubscriptionBody>;

interface Current {
  readonly subscriptionId: string;
  readonly applicationId: string;
  readonly apiId: string;
  readonly throttlingPolicy: string;
}

/**
 * The plan that a change asks for. WSO2's portal sends the present plan and the wanted one, others the wanted one alone.
 * @param current the subscription as it is answered.
 * @throws Fault `bad_request` for what cannot change, and for two plans that are both new.
 */
export function wantedPlan(body: SubscriptionBody, current: Current): string {
  refuseChanges(body, { ...current }, ['subscriptionId', 'status', 'createdTime']);
  if (body.applicationId !== current.applicationId || body.apiId !== current.apiId) {
    throw new Fault('bad_request', 'A subscription keeps its application and API; only its plan can change.');
  }
  return onePlan([body.throttlingPolicy, body.requestedThrottlingPolicy], current.throttlingPolicy);
}

/** The plan of a new subscription. @throws Fault `bad_request` for two. */
export function newPlan({ throttlingPolicy, requestedThrottlingPolicy }: SubscriptionBody): string {
  return onePlan([requestedThrottlingPolicy], throttlingPolicy, throttlingPolicy);
}

function onePlan(named: readonly (string | undefined)[], current: string, only?: string): string {
  const others = new Set(named.filter((plan) => plan !== undefined && plan !== current));
  const [wanted = current] = others;
  if (others.size > 1 || (only !== undefined && wanted !== only)) {
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: [{ field: 'requestedThrottlingPolicy', message: 'must be left out, or be the new plan' }],
    });
  }
  return wanted;
}
