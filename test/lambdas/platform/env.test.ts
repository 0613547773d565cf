import { describe, expect, it, vi } from 'vitest';
import { matching, readEnvironment, text } from '../../../lambdas/platform/env.ts';

const shape = { TABLE_NAME: text, PREFIX: matching(/^[a-z]+$/), CLAIM: text };

describe('the environment', () => {
  it('is read into what was asked for, and nothing else', () => {
    const environment = { TABLE_NAME: 'table', PREFIX: 'kb', CLAIM: 'groups', PATH: '/bin' };
    expect(readEnvironment(environment, shape)).toEqual({
      TABLE_NAME: 'table',
      PREFIX: 'kb',
      CLAIM: 'groups',
    });
  });

  it('is refused with every problem at once, and without any value', () => {
    const read = () => readEnvironment({ TABLE_NAME: '', PREFIX: 'S3CRET' }, shape);
    expect(read).toThrow(/TABLE_NAME is missing.*PREFIX must match.*CLAIM is missing/);
    expect(read).not.toThrow(/S3CRET/);
  });

  it.each([
    ['authorizer', ['TABLE_NAME']],
    ['registrar', ['TABLE_NAME']],
    ['portal', ['TABLE_NAME', 'KEY_VALUE_PREFIX', 'ROLES_CLAIM', 'OWNER_LIMITS']],
    ['admin', ['TABLE_NAME', 'KEY_VALUE_PREFIX', 'ROLES_CLAIM', 'OWNER_LIMITS']],
  ])(
    'of the %s function must have what it needs, or the function does not start',
    async (name, variables) => {
      for (const variable of variables) vi.stubEnv(variable, undefined);
      try {
        const loading = import(`../../../lambdas/functions/${name}/handler.ts`);
        await expect(loading).rejects.toThrow(
          variables.map((variable) => `${variable} is missing`).join('; '),
        );
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );
});
