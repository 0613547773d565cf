import { z } from 'zod';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import { VALUE_STATES, type LookedUpKey } from '../../management/keys/look-up-value.ts';
import { AnyKeySchema, anyKeyView } from './key-views.ts';

export const lookUpBody = z
  .strictObject({
    apikey: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible ASCII characters')
      .exactOptional()
      .describe('The value of the key.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
      .exactOptional()
      .describe('The SHA-256 of the value.'),
  })
  .refine(({ apikey, sha256 }) => (apikey === undefined) !== (sha256 === undefined), {
    error: 'send either apikey, the value, or sha256, its digest',
  })
  .transform(({ apikey, sha256 }) => ({ digest: sha256 ?? digestKeyValue(apikey ?? '') }));

export const LookedUp = z
  .strictObject({
    key: AnyKeySchema,
    value: z.strictObject({
      state: z.enum(VALUE_STATES).describe('State of this value; other checks can still refuse a call.'),
      issuedOn: z.int(),
      endsOn: z.int().nullable().describe('When the value expires or its grace period ends; null: never.'),
    }),
  })
  .meta({ id: 'LookedUpApiKey' });

export function lookedUpView({ key, value }: LookedUpKey) {
  return { key: anyKeyView(key), value };
}
