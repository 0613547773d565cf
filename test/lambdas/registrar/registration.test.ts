import { describe, expect, it } from 'vitest';
import { Registration } from '../../../lambdas/functions/registrar/registration.ts';

const VALID = {
  name: 'Größen 名前',
  version: '1.0.0',
  context: '/sizes/1.0.0',
  description: 'First line\r\n\tand a second',
  provider: 'Team',
  requiresSubscription: 'true',
  approvesSubscriptions: 'false',
  acceptsImportedKeys: 'false',
  initialLifecycle: 'PUBLISHED',
  gatewayApiId: 'gw-1',
  productionUrl: 'https://gateway.example/api',
  sandboxUrl: 'https://sandbox.example/api',
  definition: '{"openapi":"3.0.3"}',
};

function fieldsRefused(more: object): readonly string[] {
  const { error } = Registration.safeParse({ ...VALID, ...more });
  return (error?.issues ?? []).map(({ path }) => path.join('.'));
}

describe('the registration of an API', () => {
  it('can have any plain text for its names', () => {
    expect(fieldsRefused({})).toEqual([]);
  });

  it.each(['name', 'version', 'context', 'provider', 'description'])(
    'has a %s that no terminal would obey, and that reads as what it is',
    (field) => {
      for (const hostile of ['\u001b]0;owned\u0007', '\u009b2J', '\u202e', '\u2066', '\u2028', '\ud800'])
        expect(fieldsRefused({ [field]: `/9${hostile}` })).toEqual([field]);
    },
  );

  it('has a name and a version that fit into the key that lists them, in whatever letters', () => {
    const longest = { name: 'İ'.repeat(255), version: '名'.repeat(64) };
    expect(fieldsRefused(longest)).toEqual([]);
    expect(Buffer.byteLength(`${longest.name.toLowerCase()}#${longest.version}`)).toBeLessThanOrEqual(1_024);
    expect(fieldsRefused({ name: 'a'.repeat(256), version: '1'.repeat(65) })).toEqual(['name', 'version']);
  });
});
