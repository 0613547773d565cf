import { CfnOutput, type RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { z } from 'zod';
import { acknowledge } from '../internal/checks/acknowledge-findings.ts';
import { ROLES } from '../../lambdas/contract/roles.ts';
import { checkProps, type ChecksOf } from '../internal/checks/check-props.ts';
import { isInstance, removalPolicy, texts } from '../internal/checks/prop-kinds.ts';
import { valueIn } from '../internal/checks/value-in.ts';

/**
 * Issuer whose access tokens the management API accepts: Cognito, or any issuer of OpenID Connect.
 * @example { issuer: 'https://login.example.com/', audience: 'keybound', rolesClaim: 'roles' }
 */
export interface Identity {
  /** The `iss` of the tokens; its discovery document must be public. */
  readonly issuer: string;
  /** What `aud`, or without it `client_id`, must be. */
  readonly audience: string;
  /** The claim that lists a user's roles: `developer`, `publisher`, `administrator`. */
  readonly rolesClaim: string;
  /**
   * A scope that every access token for Keybound has and no ID token: for an issuer whose access tokens neither say
   * `token_use: access` nor have the type `at+jwt`.
   * @default - none: access tokens must say what they are
   */
  readonly accessScope?: string;
}
const Settings = z.strictObject({
  issuer: z.string(),
  audience: z.string(),
  rolesClaim: z.string(),
  accessScope: z
    .string()
    .regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/, 'must be one scope')
    .optional(),
} satisfies ChecksOf<Identity>);
/** The settings themselves, or a construct that has them beside other things. */
export const Identity = z.preprocess(
  (value) =>
    isInstance(value)
      ? Object.fromEntries(Object.keys(Settings.shape).map((name) => [name, valueIn(value, name)]))
      : value,
  Settings,
);

/** The properties of a `UserPoolIdentity`. */
export interface UserPoolIdentityProps {
  /** Distinguishes the sign-in domain within the region: lower-case letters, digits and hyphens. */
  readonly domainPrefix: string;
  /**
   * Origins of the pages that the sign-in page can send users back to.
   * @example ['https://portal.example.com']
   */
  readonly portalOrigins: readonly string[];
  /** Whether the sign-in page can also send users back to the command line, on their own machine. */
  readonly commandLineSignIn: boolean;
  /** Whether users need an authenticator app, which the sign-in page lets people enrol only where it is required. */
  readonly mfa: 'required' | 'off';
  /** Whether Cognito refuses to delete the user pool. */
  readonly deletionProtection: boolean;
  /** What becomes of the user pool when it leaves the stack. */
  readonly removalPolicy: RemovalPolicy;
}
const UserPoolIdentityProps = z.strictObject({
  domainPrefix: z.string(),
  portalOrigins: texts,
  commandLineSignIn: z.boolean(),
  mfa: z.enum(['required', 'off']),
  deletionProtection: z.boolean(),
  removalPolicy,
} satisfies ChecksOf<UserPoolIdentityProps>);

/** Where `npx keybound login --browser` waits for the answer, on the user's own machine. */
const COMMAND_LINE_CALLBACK = 'http://localhost:8976/';

/** A Cognito user pool with a group for each role, and a public client that signs in with code and PKCE. */
export class UserPoolIdentity extends Construct implements Identity {
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim = 'cognito:groups';

  constructor(scope: Construct, id: string, props: UserPoolIdentityProps) {
    checkProps(scope, id, UserPoolIdentityProps, props);
    super(scope, id);
    const pool = userPool(this, props);
    for (const role of ROLES) {
      new CfnUserPoolGroup(this, role, { userPoolId: pool.userPoolId, groupName: role });
    }
    const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix: props.domainPrefix } });
    const callbackUrls = [
      ...props.portalOrigins,
      ...(props.commandLineSignIn ? [COMMAND_LINE_CALLBACK] : []),
    ];
    const client = pool.addClient('Client', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      authFlows: { userSrp: true },
      // A client that may send nobody anywhere has no use of the sign-in page.
      ...(callbackUrls.length === 0
        ? { disableOAuth: true }
        : {
            oAuth: {
              flows: { authorizationCodeGrant: true },
              scopes: [OAuthScope.OPENID, OAuthScope.PROFILE],
              callbackUrls,
            },
          }),
    });
    this.issuer = pool.userPoolProviderUrl;
    this.audience = client.userPoolClientId;
    putOut(this, 'UserPoolId', pool.userPoolId, 'User pool of developers, publishers and administrators');
    putOut(this, 'ClientId', client.userPoolClientId, 'Client of the user pool: code with PKCE, no secret');
    putOut(this, 'SignInUrl', domain.baseUrl(), "Address of the user pool's sign-in page");
  }
}

function userPool(scope: Construct, props: UserPoolIdentityProps): UserPool {
  const { mfa, deletionProtection, removalPolicy } = props;
  const pool = new UserPool(scope, 'Users', {
    selfSignUpEnabled: false,
    signInAliases: { username: true, email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    ...(mfa === 'required'
      ? { mfa: Mfa.REQUIRED, mfaSecondFactor: { sms: false, otp: true } }
      : { mfa: Mfa.OFF }),
    passwordPolicy: {
      minLength: 12,
      requireDigits: true,
      requireLowercase: true,
      requireUppercase: true,
      requireSymbols: true,
    },
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection,
    removalPolicy,
  });
  acknowledge(pool, {
    id: 'AwsSolutions::AwsSolutions-COG8',
    reason:
      'Threat protection needs the Plus plan, which costs per user; a team can choose the plan for its pool.',
  });
  if (mfa === 'off') {
    acknowledge(pool, {
      id: 'AwsSolutions::AwsSolutions-COG2',
      reason: 'The settings of this deployment ask for one factor; the default for kept data is two.',
    });
  }
  return pool;
}

/** By this name, whatever is around it. */
function putOut(scope: Construct, name: string, value: string, description: string): void {
  new CfnOutput(scope, name, { value, description }).overrideLogicalId(name);
}
