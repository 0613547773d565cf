import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../lambdas/core/http/caller.ts';
import { createApplication } from '../../../lambdas/management/applications/applications.ts';
import { updateKey } from '../../../lambdas/management/keys/change-key.ts';
import { issueKey } from '../../../lambdas/management/keys/issue-key.ts';
import { commit } from '../../../lambdas/management/frame/carry-out.ts';
import type { Management } from '../../../lambdas/management/frame/management.ts';
import { revokeKey } from '../../../lambdas/management/keys/revoke-key.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';

let harness: ManagementHarness;
let management: Management;
beforeAll(async () => {
  harness = await openManagementHarness();
  management = {
    ...harness.management,
    ownerLimits: { keys: 3, applications: 2, metadataBytes: 40 },
  };
});
afterAll(() => harness.close());

const callerOf = (subject: string): Caller => ({
  subject,
  name: subject,
  sourceIp: '192.0.2.7',
  requestId: 'request',
});
const input = {
  keyType: 'PRODUCTION',
  validityPeriod: -1,
  description: '',
  metadata: {},
  permittedIp: [],
  permittedReferrer: [],
} as const;
const issue = (owner: string, metadata: Record<string, string> = {}) => {
  const caller = callerOf(owner);
  const scope = { apiId: harness.apis.petstore };
  return commit(management, { caller }, issueKey(management, caller, scope, { ...input, metadata }));
};

describe('an owner of keys and applications', () => {
  it('can have as many keys as the limit says, and another one when one is revoked', async () => {
    const { key } = await issue('keys');
    await issue('keys');
    await issue('keys');
    await expect(issue('keys')).rejects.toMatchObject({ code: 'conflict' });
    await issue('somebody else');
    const place = { owner: 'keys', scope: { apiId: harness.apis.petstore }, keyUUID: key.keyUUID };
    await revokeKey(management, { caller: callerOf('keys') }, place);
    await expect(issue('keys')).resolves.toBeDefined();
  });

  it('cannot fill the table with keys that are made and revoked at once', async () => {
    const made = async () => {
      const { key } = await issue('churn');
      const place = { owner: 'churn', scope: { apiId: harness.apis.petstore }, keyUUID: key.keyUUID };
      await revokeKey(management, { caller: callerOf('churn') }, place);
    };
    for (let count = 0; count < 30; count += 1) await made();
    await expect(made()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can have as many applications as the limit says', async () => {
    const caller = callerOf('applications');
    const create = (name: string) => {
      const application = createApplication(management, caller, {
        name,
        throttlingPolicy: 'Unlimited',
        description: '',
        tokenType: 'JWT',
        attributes: {},
      });
      return commit(management, { caller }, application);
    };
    await create('One');
    await create('Two');
    await expect(create('Three')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can give a key as much metadata as the limit says, when it is made and later', async () => {
    const refusal = { code: 'bad_request', problems: [{ field: 'metadata' }] };
    await expect(issue('metadata', { team: 'x'.repeat(40) })).rejects.toMatchObject(refusal);
    const { key } = await issue('metadata', { team: 'x' });
    const place = { owner: 'metadata', scope: { apiId: harness.apis.petstore }, keyUUID: key.keyUUID };
    const change = updateKey(management, place, { metadata: { team: 'ü'.repeat(20) } });
    const caller = callerOf('metadata');
    await expect(commit(management, { caller }, change)).rejects.toMatchObject(refusal);
  });
});
