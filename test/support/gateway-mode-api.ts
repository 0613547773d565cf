import { registerTestApi, type ManagementHarness } from './management-harness.ts';

/** Registers an API, or registers it again, whose gateway repeats decisions unless `freshness` says otherwise. */
export async function registerGatewayModeApi(
  { management }: ManagementHarness,
  name: string,
  settings: {
    readonly requiresSubscription?: boolean;
    readonly freshness?: string;
    readonly policies?: string[];
  } = {},
): Promise<string> {
  const defaults = { requiresSubscription: false, freshness: 'gateway:300' };
  return registerTestApi(management, name, { ...defaults, ...settings });
}
