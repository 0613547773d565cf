import type { Credential } from '../lambdas/core/credential.ts';
import { decideAccess } from '../lambdas/core/decide-access.ts';
import type { ApiState } from '../lambdas/core/managed-api.ts';
import { formatRate, type Finding } from './finding.ts';
import { compare, perSecond } from './measure.ts';
import { CALLS, compileCredential, GATEWAY_API_ID } from './restricted-key.ts';

const TARGET_PER_SECOND = 100_000;
const LIMITS = { rounds: 100, budgetMilliseconds: 10_000 };
const COMPILED_BATCH = 10_000;
const UNCOMPILED_BATCH = 2_000;

const API: ApiState = { gatewayApiId: GATEWAY_API_ID, lifecycle: 'PUBLISHED' };

/** Decisions per second about an allowed call with ten IP and ten referrer rules, compiled before and anew. */
export async function benchDecision(): Promise<readonly Finding[]> {
  const compiled = compileCredential();
  const { subject, baseline, ratio } = await compare(
    {
      subject: () => perSecond(UNCOMPILED_BATCH, () => decide(UNCOMPILED_BATCH, compileCredential)),
      baseline: () => perSecond(COMPILED_BATCH, () => decide(COMPILED_BATCH, () => compiled)),
    },
    LIMITS,
  );
  return [
    {
      name: 'decision, rules compiled',
      measured: formatRate(baseline),
      against: `${formatRate(TARGET_PER_SECOND)}`,
      ratio: baseline / TARGET_PER_SECOND,
      target: { atLeast: 1 },
    },
    {
      name: 'decision, rules compiled for each call',
      measured: formatRate(subject),
      against: `${formatRate(baseline)} compiled`,
      ratio: ratio.median,
      spread: ratio,
    },
  ];
}

function decide(count: number, credentialOf: () => Credential): void {
  let allowed = 0;
  while (allowed < count) {
    for (const call of CALLS) {
      const decision = decideAccess(call, credentialOf(), API);
      if (!decision.allowed) throw new Error(`the benchmark's own call was refused: ${decision.reason}`);
      allowed += 1;
    }
  }
}
