import { CfnOutput } from 'aws-cdk-lib';
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
import { acknowledge } from './acknowledge-findings.ts';
import { ROLES } from '../lambdas/platform/http/read-caller.ts';
import { checkProps } from './check-props.ts';
import { removalPolicy, texts } from './prop-kinds.ts';

/** Whose access tokens the management API accepts. */
export type Identity = Readonly<z.infer<typeof Identity>>;
export const Identity = z.object({
  /** The `iss` of the tokens; its discovery document must be public. */
  issuer: z.string(),
  /** What `aud`, or without it `client_id`, must be. */
  audience: z.string(),
  /** The claim that lists a user's roles. */
  rolesClaim: z.string(),
});

export type UserPoolIdentityProps = Readonly<z.infer<typeof UserPoolIdentityProps>>;
const UserPoolIdentityProps = z.object({
  /** Distinguishes the sign-in domain within the region. */
  domainPrefix: z.string(),
  /** Where the sign-in page may send users back to. */
  callbackUrls: texts,
  deletionProtection: z.boolean(),
  removalPolicy,
});

/** A Cognito user pool with a group for each role, and a public client that signs in with code and PKCE. */
export class UserPoolIdentity extends Construct implements Identity {
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim = 'cognito:groups';

  constructor(scope: Construct, id: string, props: UserPoolIdentityProps) {
    checkProps(scope, id, UserPoolIdentityProps, props);
    super(scope, id);
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { username: true, email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
    acknowledge(
      pool,
      {
        id: 'AwsSolutions::AwsSolutions-COG8',
        reason:
          'Threat protection of the Plus plan costs per user; a team that wants it sets the plan on the pool.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-COG2',
        reason: 'Developers may choose a second factor; a team that must require it uses its own issuer.',
      },
    );
    for (const role of ROLES) {
      new CfnUserPoolGroup(this, role, { userPoolId: pool.userPoolId, groupName: role });
    }
    const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix: props.domainPrefix } });
    const client = pool.addClient('Client', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.PROFILE],
        // The last is where `npx keybound login --browser` waits for the answer, on the user's own machine.
        callbackUrls: [...props.callbackUrls, 'http://localhost:8976/'],
      },
    });
    this.issuer = pool.userPoolProviderUrl;
    this.audience = client.userPoolClientId;
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId });
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
  }
}
