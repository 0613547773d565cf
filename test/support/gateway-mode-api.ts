import { registerApi } from '../../lambdas/registrar/register-api.ts';
import { TEST_CALLER, TEST_STACK, type ManagementHarness } from './management-harness.ts';

/** Registers an API, or registers it again, whose gateway repeats decisions unless `freshness` says otherwise. */
export async function registerGatewayModeApi(
  { management: { store, clock } }: ManagementHarness,
  name: string,
  {
    requiresSubscription = false,
    freshness = 'gateway:300',
    policies,
  }: { requiresSubscription?: boolean; freshness?: string; policies?: string[] } = {},
): Promise<string> {
  return registerApi({ store, clock, caller: TEST_CALLER }, TEST_STACK, {
    name,
    version: '1.0.0',
    context: `/${name.toLowerCase()}`,
    description: `The API ${name}`,
    provider: 'Tests',
    requiresSubscription,
    approvesSubscriptions: false,
    acceptsImportedKeys: true,
    initialLifecycle: 'PUBLISHED',
    freshness,
    ...(policies !== undefined && { policies }),
    keyHeader: 'apikey',
    gatewayApiId: `gw-${name.toLowerCase()}`,
    productionUrl: `https://gateway.example/${name}`,
    sandboxUrl: `https://sandbox.example/${name}`,
    definition: '{"openapi":"3.0.3"}',
  });
}
