import { LOCAL_DEPLOYMENT } from './check-deployment.ts';
import type { DeploymentSettings } from './deployment-settings.ts';

/** Names that people give to deployments that callers depend on. */
const PRODUCTION = /^(?:prod|production|live)(?:-|$)/;

/** @returns which settings of a deployment go with none or not with another. */
export function settingsProblems(deployment: string, settings: DeploymentSettings): readonly string[] {
  return [
    ...identityProblems(settings),
    ...tableProblems(settings),
    ...domainProblems(deployment, settings),
    ...(settings.samples && PRODUCTION.test(deployment)
      ? [`samples must not be true for the deployment ${deployment}: the sample APIs are open to everybody`]
      : []),
  ];
}

function identityProblems({
  issuer,
  audience,
  rolesClaim,
  accessScope,
  commandLineSignIn,
  mfa,
}: DeploymentSettings): string[] {
  const problems: string[] = [];
  if ((issuer === undefined) !== (audience === undefined)) {
    problems.push('an external identity provider needs both issuer and audience');
  }
  if (rolesClaim !== undefined && issuer === undefined) {
    problems.push('rolesClaim needs an issuer: the user pool has its own claim');
  }
  if (accessScope !== undefined && issuer === undefined) {
    problems.push('accessScope needs an issuer: tokens of the user pool say what they are for');
  }
  if (issuer !== undefined) {
    for (const [name, value] of Object.entries({ commandLineSignIn, mfa })) {
      if (value !== undefined) problems.push(`${name} is for the user pool, which your own issuer replaces`);
    }
  }
  return problems;
}

function tableProblems(settings: DeploymentSettings): string[] {
  const { tableArn, tableStreamArn, encryptionKeyArn, account, region } = settings;
  if (encryptionKeyArn !== undefined && tableArn === undefined && region === undefined) {
    return ['encryptionKeyArn needs region: a new table can only be encrypted in a known region'];
  }
  if ((tableArn === undefined) !== (tableStreamArn === undefined)) {
    return ['an existing table needs both tableArn and tableStreamArn'];
  }
  return tableArn === undefined ? [] : elsewhere('tableArn', tableArn, { account, region });
}

function domainProblems(deployment: string, settings: DeploymentSettings): string[] {
  const { gatewayDomain, sandboxDomain, certificateArn, samples, account, region } = settings;
  const problems: string[] = [];
  if (gatewayDomain === undefined && sandboxDomain === undefined) {
    for (const name of ['certificateArn', 'gatewayUrl', 'sandboxUrl'] as const) {
      if (settings[name] !== undefined) problems.push(`${name} needs gatewayDomain and sandboxDomain`);
    }
    return problems;
  }
  if (gatewayDomain === undefined || sandboxDomain === undefined || certificateArn === undefined) {
    return ['custom domains need all of gatewayDomain, sandboxDomain and certificateArn'];
  }
  if (gatewayDomain.toLowerCase() === sandboxDomain.toLowerCase()) {
    problems.push('gatewayDomain and sandboxDomain must differ: a domain serves one environment');
  }
  if (!samples) {
    problems.push('gatewayDomain and sandboxDomain are for the samples: your own APIs set their own domains');
  }
  return deployment === LOCAL_DEPLOYMENT
    ? problems
    : [...problems, ...elsewhere('certificateArn', certificateArn, { account, region })];
}

/** A stack can use tables and regional certificates of its own account and region alone. */
function elsewhere(
  name: string,
  arn: string,
  { account, region }: { readonly account: string | undefined; readonly region: string | undefined },
): string[] {
  const [, , , arnRegion = '', arnAccount = ''] = arn.split(':');
  const problem = (part: string, is: string, must: string) =>
    `${name} must be of the ${part} ${must}, where this is deployed, and is of ${is}`;
  return [
    ...(region !== undefined && arnRegion !== region ? [problem('region', arnRegion, region)] : []),
    ...(account !== undefined && arnAccount !== account ? [problem('account', arnAccount, account)] : []),
  ];
}
