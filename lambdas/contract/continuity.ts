import { z } from 'zod';
import { CONTINUED } from '../core/apis/decide-continuity.ts';
import type { ResourceProperties } from './registration.ts';

/** CloudFormation hands a list over as one, and leaves out what is empty. */
const texts = z.array(z.string()).readonly().default([]);

/** What a core says of itself through `Custom::KeyboundContinuity`; `domains`: its custom domains. */
export const DeclaredContinuity = z.object({
  issuer: z.string(),
  audience: z.string(),
  table: z.string(),
  domains: texts,
});
export type DeclaredContinuity = Readonly<z.infer<typeof DeclaredContinuity>>;

/** The changes that one deployment is allowed. */
export const AllowedChanges = z.object({ allowChange: z.array(z.enum(CONTINUED)).readonly().default([]) });
export type AllowedChanges = Readonly<z.infer<typeof AllowedChanges>>;

/** `DeclaredContinuity` and `AllowedChanges` read it. */
export function writeContinuity(declared: DeclaredContinuity & AllowedChanges): ResourceProperties {
  const { issuer, audience, table, domains, allowChange } = declared;
  return { issuer, audience, table, domains, allowChange };
}
