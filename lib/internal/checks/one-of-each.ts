import { CfnParameter, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { KeyboundCore } from '../../constructs/keybound-core.ts';

/** The names that an API claims in its deployment of Keybound. */
export interface ClaimedApi {
  readonly core: KeyboundCore;
  /** Made of title and version. */
  readonly apiId: string;
  /** Title and version, to be read. */
  readonly name: string;
  readonly context: string;
}

/**
 * Refuses a second API with the name or the context of another: it would take the first one's registration over, and
 * with it the keys.
 * @throws Error that names the paths of both.
 */
export function refuseSecond(
  scope: Construct,
  claimed: ClaimedApi,
  others: readonly { readonly scope: Construct; readonly claimed: ClaimedApi }[],
): void {
  const own = deploymentOf(scope, claimed.core);
  for (const other of others) {
    if (deploymentOf(other.scope, other.claimed.core) !== own) continue;
    const same =
      other.claimed.apiId === claimed.apiId
        ? `title and version ${claimed.name}`
        : other.claimed.context === claimed.context
          ? `the context ${claimed.context}`
          : undefined;
    if (same === undefined) continue;
    throw new Error(
      `${scope.node.path} and ${other.scope.node.path} have ${same} in common: each API needs its own title and version, and its own context`,
    );
  }
}

/** Tells one deployment of Keybound from another, however an app found it. */
function deploymentOf(scope: Construct, { registrarArn }: KeyboundCore): string {
  const token = Tokenization.reverse(registrarArn, { failConcat: false });
  if (!Reference.isReference(token)) return registrarArn;
  const { target } = token;
  if (!(target instanceof CfnParameter)) return target.node.path;
  const { account, region } = Stack.of(scope);
  return `${account} ${region} ${String(target.default)}`;
}
