import { describe, expect, it } from 'vitest';
import {
  decideContinuity,
  firstId,
  type Continuity,
  type Continued,
} from '../../../lambdas/core/apis/decide-continuity.ts';

const A: Continuity = {
  issuer: ['https://a.example.com'],
  audience: ['keys'],
  table: ['Table-A'],
  domains: ['api.example.com', 'sandbox.example.com'],
};
const withIssuer = (issuer: string): Continuity => ({ ...A, issuer: [issuer] });
const NOW = 1_800_000_000;
const B = withIssuer('https://b.example.com');
const change = (recorded: string, before: Continuity, after: Continuity) => ({
  recorded,
  before,
  allowedBefore: [],
  after,
  allowed: [],
  nowEpochSeconds: NOW,
});
const accepted = (decision: ReturnType<typeof decideContinuity>): string => {
  if (!decision.accepted) throw new Error(decision.reason);
  return decision.id;
};

describe('a deployment', () => {
  it('is accepted when all is as before, or a domain is added', () => {
    expect(accepted(decideContinuity(change(firstId(A), A, A)))).toBe(firstId(A));
    const more = { ...A, domains: [...A.domains, 'new.example.com'] };
    expect(accepted(decideContinuity(change(firstId(A), A, more)))).toBe(firstId(more));
  });

  it.each<[Continued, string[]]>([
    ['issuer', ['https://b.example.com']],
    ['audience', ['other']],
    ['table', ['Table-B']],
    ['domains', ['api.example.com']],
    ['domains', []],
  ])('that changes %s to %j is refused, until that very change is allowed', (name, values) => {
    const after = { ...A, [name]: values };
    const refused = decideContinuity(change(firstId(A), A, after));
    expect(refused).toEqual({
      accepted: false,
      reason: `${name} would change from ${A[name].join(', ')} to ${values.join(', ') || 'nothing'}. Keep what is deployed, or allow the change once: -c allowChange=${name}`,
    });
    const others = (['issuer', 'audience', 'table', 'domains'] as const).filter((other) => other !== name);
    expect(decideContinuity({ ...change(firstId(A), A, after), allowed: others }).accepted).toBe(false);
    expect(decideContinuity({ ...change(firstId(A), A, after), allowed: [name] }).accepted).toBe(true);
  });

  it('is refused with all that it changes', () => {
    const after = { ...B, table: ['Table-B'] };
    const decision = decideContinuity(change(firstId(A), A, after));
    expect(decision.accepted ? '' : decision.reason).toMatch(
      /^issuer .*; table .*-c allowChange=issuer,table$/,
    );
  });
});

describe('what CloudFormation takes back', () => {
  it('is accepted after a refusal, though the deployment before was the refused one', () => {
    expect(decideContinuity(change(firstId(A), B, A)).accepted).toBe(true);
  });

  it('is accepted after an allowed change, when something later in that deployment has failed', () => {
    const changed = accepted(decideContinuity({ ...change(firstId(A), A, B), allowed: ['issuer'] }));
    const back = decideContinuity({ ...change(changed, B, A), allowedBefore: ['issuer'] });
    expect(back.accepted).toBe(true);
  });

  it('is not how a third value gets in, nor the former one an hour later, or once another deployment has succeeded', () => {
    const changed = accepted(decideContinuity({ ...change(firstId(A), A, B), allowed: ['issuer'] }));
    const third = withIssuer('https://c.example.com');
    expect(decideContinuity({ ...change(changed, B, third), allowedBefore: ['issuer'] }).accepted).toBe(
      false,
    );
    const later = { ...change(changed, B, A), allowedBefore: ['issuer'], nowEpochSeconds: NOW + 3_600 };
    expect(decideContinuity(later).accepted).toBe(false);
    const settled = accepted(decideContinuity(change(changed, B, B)));
    expect(decideContinuity(change(settled, B, A)).accepted).toBe(false);
    expect(decideContinuity({ ...change(settled, B, A), allowedBefore: ['issuer'] }).accepted).toBe(false);
  });
});

describe('the id of what was accepted', () => {
  it('is short enough for CloudFormation, with twenty domains', () => {
    const domains = Array.from({ length: 20 }, (_, n) => `api-${n}.${'x'.repeat(60)}.example.com`);
    expect(firstId({ ...A, domains }).length).toBeLessThan(1_024);
  });
});
