import { CfnParameter, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
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

/** The claim of one API, in the tree of constructs, where those of all other APIs of the app are found. */
class ApiClaim extends Construct {
  readonly claimed: ClaimedApi;

  constructor(scope: Construct, claimed: ClaimedApi) {
    super(scope, 'Claim');
    this.claimed = claimed;
  }
}

/**
 * Claims the names of the API that `scope` makes. Refuses a second API with the name or the context of another: it would
 * take the first one's registration over, and with it the keys.
 * @throws Error that names the paths of both.
 */
export function claimApi(scope: Construct, claimed: ClaimedApi): void {
  const own = deploymentOf(scope, claimed.core);
  for (const other of scope.node.root.node.findAll()) {
    if (!(other instanceof ApiClaim) || deploymentOf(other, other.claimed.core) !== own) continue;
    const same =
      other.claimed.apiId === claimed.apiId
        ? `title and version ${claimed.name}`
        : other.claimed.context === claimed.context
          ? `the context ${claimed.context}`
          : undefined;
    if (same === undefined) continue;
    throw new Error(
      `${scope.node.path} and ${String(other.node.scope?.node.path)} have ${same} in common: each API needs its own title and version, and its own context`,
    );
  }
  new ApiClaim(scope, claimed);
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
