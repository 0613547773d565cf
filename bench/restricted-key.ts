import type { Credential } from '../lambdas/core/decision/credential.ts';
import type { Call } from '../lambdas/core/decision/decide-access.ts';
import { compileIpRule } from '../lambdas/core/restrictions/ip-restriction.ts';
import { compileReferrerRule } from '../lambdas/core/restrictions/referrer-restriction.ts';

/** Ten rules as they are stored; those that the calls match come last. */
export const PERMITTED_IP: readonly string[] = [
  '192.168.1.0/24',
  '152.23.5.6',
  '2001:c00::/23',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '2001:db8:1234::/48',
  '198.51.100.17',
  '100.64.0.0/10',
  '203.0.113.0/24',
  '2001:db8:ffff::/64',
];

/** Ten rules as they are stored; those that the calls match come last. */
export const PERMITTED_REFERRER: readonly string[] = [
  'www.example.com/path',
  'sub.example.com/*',
  '*.example.org/*',
  'https://shop.example.net/*',
  'http://intranet.example.net:8080/*',
  'www.example.edu/pages/menu',
  '*.partners.example.com/*',
  'app.example.io/*',
  'https://portal.example.com/orders/*',
  '*.customers.example.com/*',
];

export const API_ID = '0b8f3c52-7d1e-8a64-9c35-5f0e2d7a1b46';
export const GATEWAY_API_ID = 'a1b2c3d4e5';

/** Calls that pass by the last rules of both lists. */
export const IPV4_CALLS = [
  callFrom('203.0.113.7', 'https://portal.example.com/orders/42?from=menu'),
  callFrom('203.0.113.250', 'https://berlin.shop.customers.example.com/menu/today'),
];
export const IPV6_CALLS = [
  callFrom('2001:db8:ffff::17', 'https://portal.example.com/orders/42?from=menu'),
  callFrom('2001:db8:ffff:0:a:b:c:d', 'https://berlin.shop.customers.example.com/menu/today'),
];

function callFrom(clientAddress: string, referrer: string): Call {
  return {
    apiId: API_ID,
    gatewayApiId: GATEWAY_API_ID,
    environment: 'PRODUCTION',
    requiresSubscription: true,
    freshness: { mode: 'strict' },
    clientAddress,
    referrer,
    atEpochSeconds: 1_800_000_000,
  };
}

/** A credential with both restrictions, compiled anew. */
export function compileCredential(): Credential {
  return {
    keyUUID: '4d6b7f0e-2f6c-4f8e-9a55-3c1f2f6f1e10',
    keyName: 'orders of the web shop',
    keyType: 'PRODUCTION',
    status: 'ACTIVE',
    apiId: API_ID,
    owner: '9f0c2b9e-6c55-4a39-8a3e-0b7d1f3f5a11',
    issuedAtEpochMilliseconds: 1_790_000_000_000,
    expiresAtEpochSeconds: 1_900_000_000,
    permittedIp: PERMITTED_IP.map(compileIpRule),
    permittedReferrer: PERMITTED_REFERRER.map(compileReferrerRule),
    applicationId: '2c3c5a0c-0a36-4ee5-8f21-f0a4f0b63f0d',
    subscription: {
      subscriptionId: '7a5c1a8b-11d5-4b84-9b2e-6a3b1f7c9d20',
      status: 'UNBLOCKED',
      policy: 'Unlimited',
    },
  };
}
