import { AllowedChanges, DeclaredContinuity } from '../../contract/continuity.ts';
import { toEpochSeconds, type Clock } from '../../platform/clock.ts';
import type { Outcome } from './answer-cloudformation.ts';
import type { ResourceEvent } from './resource-event.ts';
import { decideContinuity, firstId } from '../../core/apis/decide-continuity.ts';

const Continuity = DeclaredContinuity.transform(({ issuer, audience, table, domains }) => ({
  issuer: [issuer],
  audience: [audience],
  table: [table],
  domains,
}));

/** Answers `Custom::KeyboundContinuity`: whether a deployment keeps what keys, tokens and callers depend on. */
export function keepContinuity(
  event: Exclude<ResourceEvent, { RequestType: 'Delete' }>,
  clock: Clock,
): Outcome {
  const after = Continuity.parse(event.ResourceProperties);
  if (event.RequestType === 'Create') {
    return { status: 'SUCCESS', physicalResourceId: firstId(after), data: {} };
  }
  const decision = decideContinuity({
    recorded: event.PhysicalResourceId,
    before: Continuity.safeParse(event.OldResourceProperties).data,
    allowedBefore: AllowedChanges.safeParse(event.OldResourceProperties).data?.allowChange ?? [],
    after,
    allowed: AllowedChanges.parse(event.ResourceProperties).allowChange,
    nowEpochSeconds: toEpochSeconds(clock()),
  });
  return decision.accepted
    ? { status: 'SUCCESS', physicalResourceId: decision.id, data: {} }
    : { status: 'FAILED', physicalResourceId: event.PhysicalResourceId, reason: decision.reason };
}
