import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllowedChanges, DeclaredContinuity, writeContinuity } from '../../../lambdas/contract/continuity.ts';
import { packDefinition, unpackDefinition } from '../../../lambdas/contract/pack-definition.ts';
import {
  DefinitionPart,
  Registration,
  RESOURCE_TYPES,
  writeDefinitionPart,
  writeRegistration,
} from '../../../lambdas/contract/registration.ts';
import { CONTINUED } from '../../../lambdas/core/apis/decide-continuity.ts';
import { isPlainText } from '../../../lambdas/core/general/plain-text.ts';
import { anything, oddText, uuid } from './arbitraries.ts';

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
      for (const hostile of ['\u001b]0;owned\u0007', '\u009b2J', '\u202e', '\u2066', '\u2028', '\ud800']) {
        expect(fieldsRefused({ [field]: `/9${hostile}` })).toEqual([field]);
      }
    },
  );

  it('has a name and a version that fit into the key that lists them, in whatever letters', () => {
    const longest = { name: 'İ'.repeat(255), version: '名'.repeat(64) };
    expect(fieldsRefused(longest)).toEqual([]);
    expect(Buffer.byteLength(`${longest.name.toLowerCase()}#${longest.version}`)).toBeLessThanOrEqual(1_024);
    expect(fieldsRefused({ name: 'a'.repeat(256), version: '1'.repeat(65) })).toEqual(['name', 'version']);
  });
});

const plain = (maxLength: number) =>
  fc.oneof(
    fc.string({ minLength: 1, maxLength, unit: 'grapheme' }).filter(isPlainText),
    fc.constantFrom('"', '\\', '${Token[1]}', 'Größen 名前', 'true', '1'),
  );
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

const registration: fc.Arbitrary<Registration> = fc.record(
  {
    name: plain(255),
    version: plain(64),
    context: plain(40).map((path) => `/${path}`),
    description: fc.oneof(fc.constantFrom('', 'One line\r\n\tand another'), plain(60)),
    provider: fc.oneof(fc.constant(''), plain(60)),
    requiresSubscription: fc.boolean(),
    approvesSubscriptions: fc.boolean(),
    acceptsImportedKeys: fc.boolean(),
    initialLifecycle: fc.constantFrom('CREATED' as const, 'PUBLISHED' as const),
    policies: fc.array(oddText, { maxLength: 5 }),
    tags: fc.array(fc.string({ minLength: 1, maxLength: 100 }), { maxLength: 50 }),
    freshness: fc.constantFrom('strict', 'bounded:1', 'bounded:300', 'gateway:1', 'gateway:3600'),
    keyHeader: oddText,
    keyQueryParameter: oddText,
    gatewayApiId: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
    accessLogGroup: fc.record({
      name: fc.string({ minLength: 1, maxLength: 512 }),
      logicalId: fc.stringMatching(/^[A-Za-z0-9]{1,255}$/),
    }),
    productionUrl: fc.webUrl(),
    sandboxUrl: fc.webUrl(),
    definition: fc.oneof(oddText, fc.record({ digest, parts: fc.integer({ min: 0, max: 999 }) })),
  },
  {
    requiredKeys: [
      ...(['name', 'version', 'context', 'description', 'provider', 'requiresSubscription'] as const),
      ...(['approvesSubscriptions', 'acceptsImportedKeys', 'initialLifecycle', 'gatewayApiId'] as const),
      ...(['productionUrl', 'sandboxUrl', 'definition'] as const),
    ],
  },
);

/** As CloudFormation hands properties over: lists and records as they are, every scalar as a text. */
function handedOver(properties: unknown): unknown {
  return JSON.parse(
    JSON.stringify(properties, (_, value: unknown) =>
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ),
  );
}

describe('the properties of the custom resources', () => {
  it('tell the registrar all that an API says of itself', () => {
    fc.assert(
      fc.property(registration, (declared) => {
        expect(Registration.parse(handedOver(writeRegistration(declared)))).toEqual(declared);
      }),
    );
  });

  it('carry a part of a document', () => {
    const part = fc.record({
      apiId: uuid,
      digest,
      part: fc.integer({ min: 0, max: 999 }),
      content: fc.base64String({ maxLength: 400 }),
    });
    fc.assert(
      fc.property(part, (declared) => {
        expect(DefinitionPart.parse(handedOver(writeDefinitionPart(declared)))).toEqual(declared);
      }),
    );
  });

  it('carry a document of any text in parts that each fit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (definition) => {
        expect(unpackDefinition(packDefinition(definition))).toBe(definition);
      }),
    );
    const large = Array.from({ length: 60_000 }, (_, index) => (index * 7_919 * index).toString(36)).join(
      '-',
    );
    const packed = packDefinition(large);
    expect(packed.parts.length).toBeGreaterThan(1);
    expect(Math.max(...packed.parts.map((part) => part.length))).toBeLessThanOrEqual(96 * 1_024);
    expect(unpackDefinition(packed)).toBe(large);
    expect(() => unpackDefinition({ ...packed, digest: '0'.repeat(64) })).toThrow(
      'are not those of its digest',
    );
  });

  it('tell the registrar what a core continues', () => {
    const declared = fc.record({
      ...{ issuer: oddText, audience: oddText, table: oddText, domains: fc.array(oddText) },
      allowChange: fc.subarray([...CONTINUED]),
    });
    fc.assert(
      fc.property(declared, (core) => {
        const { allowChange, ...continuity } = core;
        const properties = handedOver(writeContinuity(core));
        expect(DeclaredContinuity.parse(properties)).toEqual(continuity);
        expect(AllowedChanges.parse(properties)).toEqual({ allowChange });
      }),
    );
    const { domains: _empty, ...withoutDomains } = { issuer: 'i', audience: 'a', table: 't', domains: [] };
    expect(DeclaredContinuity.parse(withoutDomains)).toEqual({ ...withoutDomains, domains: [] });
  });

  it('are as deployed stacks have them', () => {
    const { requiresSubscription: _r, approvesSubscriptions: _a, acceptsImportedKeys: _i, ...texts } = VALID;
    expect(
      writeRegistration({
        ...texts,
        initialLifecycle: 'PUBLISHED',
        requiresSubscription: true,
        approvesSubscriptions: false,
        acceptsImportedKeys: false,
      }),
    ).toEqual(VALID);
    const { definition: _definition, ...others } = VALID;
    const whole = Registration.parse(VALID);
    expect(writeRegistration({ ...whole, definition: { digest: 'd', parts: 3 } })).toEqual({
      ...others,
      definition: { digest: 'd', parts: '3' },
    });
    expect(writeDefinitionPart({ apiId: 'a', digest: 'd', part: 0, content: 'YQ==' })).toEqual({
      ...{ apiId: 'a', digest: 'd', part: '0', content: 'YQ==' },
    });
    expect(RESOURCE_TYPES).toEqual({
      api: 'Custom::KeyboundApi',
      definition: 'Custom::KeyboundDefinition',
      policies: 'Custom::KeyboundPolicies',
      continuity: 'Custom::KeyboundContinuity',
    });
  });

  it('cannot be anything else', () => {
    fc.assert(
      fc.property(anything([...Object.keys(VALID), 'apiId', 'digest', 'part', 'content']), (value) => {
        for (const reader of [Registration, DefinitionPart]) {
          expect(reader.safeParse(value).success).toBe(false);
        }
      }),
    );
  });
});
