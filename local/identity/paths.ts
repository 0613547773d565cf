/** Where the issuer answers, below its own address: the names of Amazon Cognito where it has them. */
export const PATHS = {
  authorize: '/oauth2/authorize',
  device: '/oauth2/device',
  deviceAuthorization: '/oauth2/device_authorization',
  keys: '/.well-known/jwks.json',
  revoke: '/oauth2/revoke',
  signIn: '/oauth2/sign-in',
  signOut: '/oauth2/logout',
  token: '/oauth2/token',
  userInfo: '/oauth2/userInfo',
} as const;
