import type { DeploymentSettings } from './deployment-settings.ts';

/** @returns which settings of a deployment go with none or not with another. */
export function settingsProblems(settings: DeploymentSettings): readonly string[] {
  return [...identityProblems(settings), ...tableProblems(settings)];
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

/** A stack can use tables of its own account and region alone. */
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
