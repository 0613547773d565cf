import type { Node } from 'constructs';
import type { SampleApisStackProps } from './sample-apis-stack.ts';

/** Names that people give to deployments that callers depend on. */
const PRODUCTION = /^(?:prod|production|live)(?:-|$)/;

/** What the context of the app says. */
export interface SampleSettings {
  /** The deployment of Keybound that guards the samples. */
  readonly deployment: string;
  readonly domains?: NonNullable<SampleApisStackProps['domains']>;
}

/**
 * Reads the context: `deployment`, by default `dev`; and for domains of your own `gatewayDomain`,
 * `sandboxDomain` and `certificateArn`, with `gatewayUrl` and `sandboxUrl` where consumers call another address.
 * @throws Error for a deployment that callers depend on, and for half of a domain.
 */
export function readSampleSettings(node: Node): SampleSettings {
  const text = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const deployment = text('deployment') ?? 'dev';
  if (PRODUCTION.test(deployment)) {
    throw new Error(`the sample APIs are open to everybody: do not deploy them beside ${deployment}`);
  }
  const [production, sandbox, certificateArn] = ['gatewayDomain', 'sandboxDomain', 'certificateArn'].map(
    text,
  );
  if (production === undefined && sandbox === undefined) return { deployment };
  if (production === undefined || sandbox === undefined || certificateArn === undefined) {
    throw new Error('custom domains need all of gatewayDomain, sandboxDomain and certificateArn');
  }
  if (production.toLowerCase() === sandbox.toLowerCase()) {
    throw new Error('gatewayDomain and sandboxDomain must differ: a domain serves one environment');
  }
  const domain = (domainName: string, url: string | undefined) => ({
    domainName,
    ...(url !== undefined && { url }),
  });
  return {
    deployment,
    domains: {
      certificateArn,
      production: domain(production, text('gatewayUrl')),
      sandbox: domain(sandbox, text('sandboxUrl')),
    },
  };
}
