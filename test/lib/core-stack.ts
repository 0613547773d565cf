import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import type { KeyboundStackProps } from '../../lib/stacks/keybound-stack-props.ts';
import { quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';

/** The core by itself; default: of the deployment `dev`. */
export function synthesizeCore(props: Partial<KeyboundStackProps> = {}): ReadStack {
  const usual = { deployment: 'dev', keyPrefix: 'kb', portalOrigins: [] };
  return readStack(new KeyboundStack(quickApp(), 'Core', { ...usual, ...props }));
}

export const OWN_ISSUER = {
  issuer: 'https://login.example.com/',
  audience: 'keybound',
  rolesClaim: 'roles',
};

/** Functions of the management API that want a token: all alike but for their paths. */
export const MANAGERS = {
  Admin: '/api/am/admin/v4',
  Portal: '/api/am/devportal/v3',
  Publisher: '/api/am/publisher/v4',
};
export const HOLDER_PATH = '/api/keybound/v1';

/** Every function of the core, by its place in the stack. */
export const FUNCTIONS = [
  ...Object.keys(MANAGERS),
  'Authorizer',
  'Events/Publisher',
  'Holder',
  'Registrar',
  'Resets/Resets',
  'Usage',
].toSorted();
