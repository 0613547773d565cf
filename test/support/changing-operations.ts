import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { endPresentedValue } from '../../lambdas/management/keys/end-presented-value.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { createStore } from '../../lambdas/platform/dynamodb/create-store.ts';
import { managementApis } from '../../scripts/management-apis.ts';
import type { InterleavedWorld } from './interleaved-world.ts';
import { TEST_CALLER, type ManagementHarness, type TestRequest } from './management-harness.ts';
import { allRoutes, sampleRequest } from './management-routes.ts';

/** A request that writes, and its status. */
export interface ChangingOperation {
  readonly name: string;
  readonly perform: () => Promise<number>;
}

/** Routes only ask the table when they are called. */
const NO_TABLE = { store: createStore('none', systemClock), clock: systemClock, keyPrefix: 'kb' };

/** Of every operation that writes: a new one is among them by existing. */
export const CHANGING_OPERATION_NAMES: readonly string[] = [
  ...managementApis(NO_TABLE)
    .flatMap(({ routes }) => routes)
    .filter(({ method }) => method !== 'GET')
    .map(({ operationId }) => operationId),
  'selfRevoke',
  'selfRevokePrevious',
];

/** Every operation that writes, by the usual caller of a world in which it succeeds. */
export function changingOperations(
  harness: ManagementHarness,
  world: InterleavedWorld,
): readonly ChangingOperation[] {
  const routes = allRoutes(harness).filter(({ method }) => method !== 'GET');
  const selfRevoke = async (value: string) => {
    const place = { keyUUID: world.idsOf('')['keyUUID'] ?? '' };
    await endPresentedValue(harness.management, { caller: TEST_CALLER }, place, digestKeyValue(value));
    return 200;
  };
  return [
    ...routes.map((route) => ({
      name: route.operationId,
      perform: async () => {
        const sample = sampleRequest(route, world.idsOf(route.operationId));
        const request = inThisWorld(world, route.operationId, sample);
        return (await harness.as('alice', ...route.roles)(request)).status;
      },
    })),
    { name: 'selfRevoke', perform: () => selfRevoke(world.apikey) },
    { name: 'selfRevokePrevious', perform: () => selfRevoke(world.previous) },
  ];
}

function inThisWorld(world: InterleavedWorld, operationId: string, request: TestRequest): TestRequest {
  if (operationId === 'bulkRevokeApiKeys') {
    return { ...request, body: { filter: { owner: 'sub-alice' }, dryRun: false } };
  }
  if (operationId === 'lookUpApiKey') {
    return { ...request, body: { sha256: digestKeyValue(world.apikey) } };
  }
  const isPolicyUpdate = /^update\w+Policy$/.test(operationId) && typeof request.body === 'object';
  return isPolicyUpdate ? { ...request, body: { ...request.body, policyName: 'Unused' } } : request;
}
