import type { Credential } from '../lambdas/core/decision/credential.ts';
import { decideAccess, type Call } from '../lambdas/core/decision/decide-access.ts';
import type { ApiState } from '../lambdas/core/apis/managed-api.ts';
import { formatRate, type Finding } from './finding.ts';
import { interleave, perSecond, summarise, type Comparison } from './measure.ts';
import { compileCredential, GATEWAY_API_ID, IPV4_CALLS, IPV6_CALLS } from './restricted-key.ts';

const TARGET_PER_SECOND = 100_000;
const LIMITS = { rounds: 500, budgetMilliseconds: 5_000 };
/** Decisions of one sample: few milliseconds, so that most samples are not interrupted. */
const BATCH = 500;
const UNCOMPILED_BATCH = 50;

const API: ApiState = { gatewayApiId: GATEWAY_API_ID, lifecycle: 'PUBLISHED' };

/** Decisions per second about allowed calls with ten IP and ten referrer rules, compiled before or anew. */
export async function benchDecision(): Promise<readonly Finding[]> {
  const credential = compileCredential();
  const compiled = (calls: readonly Call[]) => () => sample(BATCH, calls, () => credential);
  const families = summarise(
    await interleave({ subject: compiled(IPV6_CALLS), baseline: compiled(IPV4_CALLS) }, LIMITS),
  );
  const uncompiled = summarise(
    await interleave(
      {
        subject: () => sample(UNCOMPILED_BATCH, IPV4_CALLS, compileCredential),
        baseline: compiled(IPV4_CALLS),
      },
      LIMITS,
    ),
  );
  return [
    rateFinding('decision, client with IPv4', families.baseline),
    rateFinding('decision, client with IPv6', families.subject),
    uncompiledFinding(uncompiled),
  ];
}

function rateFinding(name: string, rate: number): Finding {
  return {
    name,
    measured: formatRate(rate),
    against: formatRate(TARGET_PER_SECOND),
    ratio: rate / TARGET_PER_SECOND,
    target: { atLeast: 1 },
  };
}

function uncompiledFinding({ subject, baseline, ratio }: Comparison): Finding {
  return {
    name: 'decision, rules compiled each time',
    measured: formatRate(subject),
    against: `${formatRate(baseline)} compiled before`,
    ratio: ratio.median,
    spread: ratio,
  };
}

function sample(count: number, calls: readonly Call[], credentialOf: () => Credential): Promise<number> {
  return perSecond(count, () => {
    for (let decided = 0; decided < count; decided += calls.length) {
      for (const call of calls) {
        const decision = decideAccess(call, credentialOf(), API);
        if (!decision.allowed) throw new Error(`the benchmark's own call was refused: ${decision.reason}`);
      }
    }
  });
}
