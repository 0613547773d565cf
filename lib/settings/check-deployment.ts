import { parseUrl } from '../../lambdas/core/general/parse-url.ts';
import { Token } from 'aws-cdk-lib';
import { KEY_PREFIX } from '../../lambdas/core/keys/key-value.ts';

/** The parts of a deployment with limits of AWS that CDK does not know. */
export interface CheckedDeployment {
  readonly deployment: string;
  readonly keyPrefix: string;
  readonly portalOrigins: readonly string[];
  readonly identity?: { readonly issuer: string } | undefined;
  readonly throwAway?: boolean | undefined;
  readonly commandLineSignIn?: boolean | undefined;
}

/** The deployment of the local runner. */
export const LOCAL_DEPLOYMENT = 'local';

export const DEPLOYMENT_NAME = {
  pattern: /^[a-z](?:[a-z0-9-]{0,14}[a-z0-9])?$/,
  says: 'at most 16 lower-case letters, digits and hyphens, a letter first and no hyphen last',
} as const;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
const RESERVED_IN_SIGN_IN_DOMAINS = ['aws', 'amazon', 'cognito'];
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
const MOST_CALLBACK_URLS = 100;

/**
 * @returns what AWS would refuse about a deployment, or what nobody could use: each names the property, its value and
 *   the limit.
 */
export function deploymentProblems(checked: CheckedDeployment): readonly string[] {
  const { deployment, keyPrefix, identity } = checked;
  return [
    ...(DEPLOYMENT_NAME.pattern.test(deployment)
      ? []
      : [`the deployment ${JSON.stringify(deployment)} must be ${DEPLOYMENT_NAME.says}`]),
    ...(KEY_PREFIX.test(keyPrefix)
      ? []
      : [`the key prefix ${JSON.stringify(keyPrefix)} must match ${KEY_PREFIX.source}`]),
    ...originProblems(checked),
    ...(identity === undefined ? userPoolProblems(checked) : issuerProblems(checked, identity.issuer)),
  ];
}

function userPoolProblems({ deployment, portalOrigins, commandLineSignIn }: CheckedDeployment): string[] {
  const problems: string[] = [];
  const reserved = RESERVED_IN_SIGN_IN_DOMAINS.find((word) => deployment.includes(word));
  if (reserved !== undefined) {
    problems.push(
      `the deployment ${JSON.stringify(deployment)} must not contain "${reserved}": it becomes part of the domain of Cognito's sign-in page, where that word is reserved`,
    );
  }
  const most = MOST_CALLBACK_URLS - (commandLineSignIn === true ? 1 : 0);
  if (portalOrigins.length > most) {
    problems.push(
      `there are ${portalOrigins.length} portal origins: Cognito's client can send users back to at most ${most} of them`,
    );
  }
  return problems;
}

function issuerProblems(deployment: CheckedDeployment, issuer: string): string[] {
  if (Token.isUnresolved(issuer)) return [];
  const url = parseUrl(issuer);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(deployment) && isLoopback(url))) {
    return [];
  }
  return [
    `the issuer ${JSON.stringify(issuer)} must be an https address: API Gateway takes the keys of its tokens from no other`,
  ];
}

function originProblems({ portalOrigins }: CheckedDeployment): string[] {
  return portalOrigins.flatMap((origin) => {
    if (Token.isUnresolved(origin)) return [];
    const url = parseUrl(origin);
    const said = `the portal origin ${JSON.stringify(origin)}`;
    if (url === undefined || url.origin !== origin) {
      return [`${said} must be an origin without a path, such as https://portal.example.com`];
    }
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
      ? []
      : [`${said} must be https: sign-in sends users back to http addresses of their own machine only`];
  });
}

function isLocal({ deployment, throwAway }: CheckedDeployment): boolean {
  return throwAway === true || deployment === LOCAL_DEPLOYMENT;
}

/** Cognito, too, takes `http` for `localhost` alone. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
