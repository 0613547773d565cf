import { z } from 'zod';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import { KEY_STATES } from '../../core/keys/key-filter.ts';
import { bodyInstant, Id, instant, label } from '../../platform/http/schemas.ts';

const address = z.union([z.ipv4(), z.ipv6()]);

/** The parts of a filter of keys, with times as `time` reads them. */
function filterOf<T extends z.ZodType<number>>(time: T) {
  const at = (about: string) => time.exactOptional().describe(about);
  return {
    owner: label(255).exactOptional().describe('Subject or name. If both match, the subject counts.'),
    applicationId: Id.exactOptional(),
    apiId: Id.exactOptional(),
    keyType: z.enum(KEY_TYPES).exactOptional(),
    status: z.enum(KEY_STATES).exactOptional().describe('An expired key is not ACTIVE.'),
    name: label(255).exactOptional().describe('Beginning of the name; case does not matter.'),
    createdAfter: at('Created at or after.'),
    createdBefore: at('Created before.'),
    usedAfter: at('Last used at or after.'),
    usedBefore: at('Last used before; only keys that were used.'),
    unusedSince: at('Last used before; for a key that was never used, created before.'),
    expiresAfter: at('Expires at or after.'),
    expiresBefore: at('Expires before.'),
    calledFrom: z
      .string()
      .refine((text) => address.safeParse(text).success, 'must be an IP address')
      .exactOptional()
      .describe('A client address that called with the key; see `calledSince`.'),
    calledSince: at(
      'With `calledFrom`: on that day or later. Defaults to seven days ago; at most 35 days ago.',
    ),
  };
}

export const KeyFilterQuery = z.strictObject(filterOf(instant));
export const KeyFilterBody = z.strictObject(filterOf(bodyInstant)).meta({ id: 'ApiKeyFilter' });
