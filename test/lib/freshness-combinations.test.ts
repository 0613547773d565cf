import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { Freshness } from '../../lambdas/core/decision/freshness.ts';
import { DETAILED_STYLES } from '../../lambdas/core/refusals/refusal-style.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import type { ProtectedHttpApiProps } from '../../lib/constructs/protected-http-api-props.ts';
import { bundledProps } from './bundled-props.ts';
import { quickApp } from './quick-app.ts';
import { CORE, shop, stageVariables, synthesize, type Props } from './shop-api.ts';

const gateway = (ttlSeconds = 300): Freshness => ({ mode: 'gateway', ttlSeconds });
const bounded = (seconds: number): Freshness => ({ mode: 'bounded', seconds });
const header = { header: 'X-Key' };
const UNSAFE = 'Shop 2.0.1: ';
const IN_HEADER =
  'the freshness gateway takes the key in a header only: API Gateway finds decisions by it, and cannot by a header or else a query parameter';
const UNLIMITED =
  "the freshness gateway needs policies: ['Unlimited']: calls whose decision is repeated are not counted, so that no limit would hold";
const REFUSALS =
  'the freshness gateway has no detailed refusals: API Gateway itself answers a call without a key';
const TTL = 'the freshness gateway wants whole ttlSeconds from 1 to 3600';
const BOUND = 'the freshness bounded wants whole seconds from 1 to 300';

const open = { freshness: gateway(), subscription: 'optional' } as const;
const subscribed = { freshness: gateway(), subscription: 'required' } as const;

describe('a combination with which a repeated decision would let a call through that a fresh one refuses', () => {
  it.each<[string, Props, readonly string[]]>([
    ['the key in a query parameter', { ...open, key: { queryParameter: 'key' } }, [IN_HEADER]],
    ['the key in either', { ...open, key: { ...header, queryParameter: 'key' } }, [IN_HEADER]],
    [
      'the key in either, as the document says',
      { ...open, definition: { ...shop, keyHeaders: ['X-Key'], keyQueryParameters: ['key'] } },
      [IN_HEADER],
    ],
    ['all business plans', subscribed, [UNLIMITED]],
    ['a business plan with a limit', { ...subscribed, policies: ['Gold'] }, [UNLIMITED]],
    ['one with a limit beside one without', { ...subscribed, policies: ['Unlimited', 'Gold'] }, [UNLIMITED]],
    ['a name that only looks like it', { ...subscribed, policies: ['unlimited'] }, [UNLIMITED]],
    ['no business plan', { ...subscribed, policies: [] }, ['it needs at least one business plan', UNLIMITED]],
    ...[0, -1, 3601, 1.5, NaN, Infinity].map((ttl): [string, Props, readonly string[]] => [
      `a result kept for ${ttl} s`,
      { ...open, freshness: gateway(ttl) },
      [TTL],
    ]),
    ...[0, -1, 301, 0.5, NaN, Infinity].map((seconds): [string, Props, readonly string[]] => [
      `what was read up to ${seconds} s ago`,
      { freshness: bounded(seconds) },
      [BOUND],
    ]),
    [
      'everything at once',
      {
        freshness: gateway(0),
        subscription: 'required',
        key: { queryParameter: 'key' },
      },
      [TTL, IN_HEADER, UNLIMITED],
    ],
  ])('never synthesizes: %s', (_, props, problems) => {
    const act = () => synthesize(props);
    for (const problem of [UNSAFE, ...problems]) expect(act).toThrow(problem);
  });

  it.each(DETAILED_STYLES)('never synthesizes: refusals that the guard answers, %s', (refusals) => {
    const stack = new Stack(quickApp(), 'Shop');
    const backend = new GuardedFunction(stack, 'Backend', bundledProps());
    const props: ProtectedHttpApiProps = {
      ...open,
      core: CORE,
      definition: shop,
      context: '/shop',
      refusals,
      backend,
    };
    expect(() => new ProtectedHttpApi(stack, 'Shop', props)).toThrow(new Error(`${UNSAFE}${REFUSALS}`));
  });
});

describe('a combination that is safe', () => {
  const everyCall = { IdentitySource: [], AuthorizerResultTtlInSeconds: 0 };
  const cached = (name: string, ttl: number) => ({
    IdentitySource: [`$request.header.${name}`, '$context.identity.sourceIp'],
    AuthorizerResultTtlInSeconds: ttl,
  });

  it.each<[string, Props, string, object]>([
    ['no choice', {}, 'strict', everyCall],
    ['strict', { freshness: { mode: 'strict' } }, 'strict', everyCall],
    [
      'strict with all that the other modes lack',
      {
        freshness: { mode: 'strict' },
        key: { ...header, queryParameter: 'key' },
        policies: ['Gold'],
      },
      'strict',
      everyCall,
    ],
    ['bounded, the shortest', { freshness: bounded(1) }, 'bounded:1', everyCall],
    ['bounded, the longest', { freshness: bounded(300) }, 'bounded:300', everyCall],
    [
      'bounded with limits and the key in a query parameter',
      { freshness: bounded(30), policies: ['Gold'], key: { queryParameter: 'key' } },
      'bounded:30',
      everyCall,
    ],
    ['gateway without subscriptions', open, 'gateway:300', cached('apikey', 300)],
    [
      'gateway with subscriptions that have no limit',
      { ...subscribed, policies: ['Unlimited'], key: header },
      'gateway:300',
      cached('X-Key', 300),
    ],
    ['gateway, the shortest', { ...open, freshness: gateway(1) }, 'gateway:1', cached('apikey', 1)],
    ['gateway, the longest', { ...open, freshness: gateway(3600) }, 'gateway:3600', cached('apikey', 3600)],
    [
      'gateway with keys that were made elsewhere',
      { ...open, acceptImportedKeys: true },
      'gateway:300',
      cached('apikey', 300),
    ],
  ])('synthesizes: %s', (_, props, mode, authorizer) => {
    const { stack } = synthesize(props);
    expect(stack.at('Shop/Authorizer').properties).toMatchObject(authorizer);
    for (const stage of ['Production', 'Sandbox'] as const) {
      expect(stageVariables(stack, stage)[STAGE_VARIABLES.freshness]).toBe(mode);
    }
    expect(stack.at('Shop/Registration').properties['freshness']).toBe(mode);
  });

  it('registers itself last, so that what was decided before is forgotten', () => {
    expect(synthesize(open).stack.at('Shop/Registration').dependsOn).toEqual(
      expect.arrayContaining(['Shop/Authorizer', 'Shop/Production', 'Shop/Sandbox']),
    );
  });
});
