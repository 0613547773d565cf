import { describe, expect, it } from 'vitest';
import { handleControlPlane } from '../../../local/gateway/control-plane.ts';

function target() {
  const resets: string[][] = [];
  return {
    resets,
    hasStage: (apiId: string, stage: string) => apiId === 'abc' && ['prod', '$default'].includes(stage),
    resetAuthorizersCache: (apiId: string, stage: string) => void resets.push([apiId, stage]),
  };
}

describe('ResetAuthorizersCache', () => {
  it.each([
    ['prod', 'prod'],
    ['%24default', '$default'],
    ['$default', '$default'],
  ])('clears the stage %s and answers 204', (segment, stage) => {
    const gateway = target();
    const answer = handleControlPlane('DELETE', `/v2/apis/abc/stages/${segment}/cache/authorizers`, gateway);
    expect(answer).toEqual({ status: 204, body: '' });
    expect(gateway.resets).toEqual([['abc', stage]]);
  });

  it('answers 404 for a stage that does not exist, and clears nothing', () => {
    const gateway = target();
    expect(handleControlPlane('DELETE', '/v2/apis/abc/stages/x/cache/authorizers', gateway)?.status).toBe(
      404,
    );
    expect(gateway.resets).toEqual([]);
  });

  it.each([
    ['GET', '/v2/apis/abc/stages/prod/cache/authorizers'],
    ['DELETE', '/v2/apis/abc/stages/prod'],
    ['DELETE', '/v2/apis/abc/stages/prod/cache/authorizers/x'],
    ['DELETE', '/v2/apis/abc/stages/%zz/cache/authorizers'],
  ])('is not what %s %s asks for', (method, path) => {
    expect(handleControlPlane(method, path, target())).toBeUndefined();
  });
});
