import { describe, expect, it } from 'vitest';
import { synthesizeCore } from './core-stack.ts';

const reserved = (stack: ReturnType<typeof synthesizeCore>) =>
  Object.fromEntries(
    stack
      .ofType('AWS::Lambda::Function')
      .flatMap(({ path, properties: { ReservedConcurrentExecutions: count } }) =>
        count === undefined ? [] : [[path, count]],
      ),
  );

describe('the concurrency of the functions', () => {
  it('is not reserved by default, and else as the property says', () => {
    expect(reserved(synthesizeCore())).toEqual({});
    expect(reserved(synthesizeCore({ reservedConcurrency: { authorizer: 200, holder: 2 } }))).toEqual({
      'Authorizer/Function': 200,
      'Holder/Function': 2,
    });
  });

  it('can be all that the account has but for what Lambda wants to be left', () => {
    const all = { authorizer: 899, holder: 1 };
    expect(reserved(synthesizeCore({ reservedConcurrency: all }))).toHaveProperty(['Holder/Function'], 1);
    const more = { authorizer: 900, holder: 1 };
    expect(() => synthesizeCore({ reservedConcurrency: more })).toThrow(
      'reservedConcurrency takes 901 of the 1000 executions of the account, and Lambda requires 100 for',
    );
    expect(reserved(synthesizeCore({ reservedConcurrency: more, accountConcurrency: 3_000 }))).toHaveProperty(
      ['Authorizer/Function'],
      900,
    );
  });

  it.each([0, -1, 1.5])('is never %s: the function would not run', (authorizer) => {
    expect(() => synthesizeCore({ reservedConcurrency: { authorizer } })).toThrow(
      'reservedConcurrency.authorizer must be a whole number of 1 or more',
    );
  });
});

describe('the management API', () => {
  const throttles = (stack: ReturnType<typeof synthesizeCore>) => {
    const { DefaultRouteSettings, RouteSettings } = stack.at('Management/Stage').properties;
    return [DefaultRouteSettings, RouteSettings];
  };
  const holders = (settings: object) => ({
    'GET /api/keybound/v1/{proxy+}': settings,
    'POST /api/keybound/v1/{proxy+}': settings,
  });

  it('is throttled, most where anybody can call it', () => {
    expect(throttles(synthesizeCore())).toEqual([
      { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
      holders({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }),
    ]);
    const throttling = {
      management: { rateLimit: 20, burstLimit: 30 },
      holder: { rateLimit: 0.2, burstLimit: 1 },
    };
    expect(throttles(synthesizeCore({ throttling }))).toEqual([
      { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 30 },
      holders({ ThrottlingRateLimit: 0.2, ThrottlingBurstLimit: 1 }),
    ]);
  });

  it('is not throttled to nothing', () => {
    const throttling = { holder: { rateLimit: 0, burstLimit: 1 } };
    expect(() => synthesizeCore({ throttling })).toThrow(
      'throttling.holder.rateLimit must be a number of calls a second above 0',
    );
  });
});
