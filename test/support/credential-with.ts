import type { Credential } from '../../lambdas/core/decision/credential.ts';

/** The credential of a production key that works from anywhere, is bound to no API and belongs to alice, but for `changes`. */
export function credentialWith(changes: Partial<Credential> = {}): Credential {
  return {
    keyUUID: '0f0e0d0c-0000-4000-8000-000000000000',
    keyName: 'Key',
    keyType: 'PRODUCTION',
    status: 'ACTIVE',
    owner: 'alice',
    issuedAtEpochMilliseconds: 0,
    permittedIp: [],
    permittedReferrer: [],
    ...changes,
  };
}
