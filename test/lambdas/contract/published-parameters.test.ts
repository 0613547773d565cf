import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPublishedCore, writePublishedCore } from '../../../lambdas/contract/published-parameters.ts';
import { oddText } from './arbitraries.ts';

describe('the parameters that a core publishes', () => {
  it('tell an app of the account all that it needs of the core', () => {
    const core = fc.record({ authorizerArn: oddText, registrarArn: oddText, usageArn: oddText });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), core, (deployment, published) => {
        const values = new Map(
          writePublishedCore(deployment, published).map(({ name, value }) => [name, value]),
        );
        expect(readPublishedCore(deployment, (name) => values.get(name) ?? 'missing')).toEqual(published);
      }),
    );
  });

  it('have the names that deployed apps look up', () => {
    const core = { authorizerArn: 'a', registrarArn: 'r', usageArn: 'u' };
    expect(writePublishedCore('dev', core)).toEqual([
      { field: 'authorizerArn', name: '/keybound/dev/authorizer-arn', value: 'a' },
      { field: 'registrarArn', name: '/keybound/dev/registrar-arn', value: 'r' },
      { field: 'usageArn', name: '/keybound/dev/usage-arn', value: 'u' },
    ]);
  });
});
