import { z } from 'zod';
import { toEpochSeconds, type Clock } from '../../platform/clock.ts';
import type { Outcome } from './answer-cloudformation.ts';
import type { ResourceEvent } from './resource-event.ts';
import { CONTINUED, decideContinuity, firstId } from '../../core/apis/decide-continuity.ts';

/** CloudFormation hands a list over as one, and leaves out what is empty. */
const texts = z.array(z.string()).default([]);
const continuity = z
  .object({ issuer: z.string(), audience: z.string(), table: z.string(), domains: texts })
  .transform(({ issuer, audience, table, domains }) => ({
    issuer: [issuer],
    audience: [audience],
    table: [table],
    domains,
  }));
const allowed = z.object({ allowChange: z.array(z.enum(CONTINUED)).default([]) });

/** Answers `Custom::KeyboundContinuity`: whether a deployment keeps what keys, tokens and callers depend on. */
export function keepContinuity(
  event: Exclude<ResourceEvent, { RequestType: 'Delete' }>,
  clock: Clock,
): Outcome {
  const after = continuity.parse(event.ResourceProperties);
  if (event.RequestType === 'Create') {
    return { status: 'SUCCESS', physicalResourceId: firstId(after), data: {} };
  }
  const decision = decideContinuity({
    recorded: event.PhysicalResourceId,
    before: continuity.safeParse(event.OldResourceProperties).data,
    allowedBefore: allowed.safeParse(event.OldResourceProperties).data?.allowChange ?? [],
    after,
    allowed: allowed.parse(event.ResourceProperties).allowChange,
    nowEpochSeconds: toEpochSeconds(clock()),
  });
  return decision.accepted
    ? { status: 'SUCCESS', physicalResourceId: decision.id, data: {} }
    : { status: 'FAILED', physicalResourceId: event.PhysicalResourceId, reason: decision.reason };
}
