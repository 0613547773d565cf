import { randomBytes, randomInt } from 'node:crypto';
import type { DemoUser } from './demo-users.ts';
import type { Grant } from './issue-tokens.ts';
import { grantScopes } from './scopes.ts';

/** How long a user has to enter a code. */
export const DEVICE_CODE_SECONDS = 600;
/** How long a device waits between two questions, unless it was told to slow down. */
export const POLL_INTERVAL_SECONDS = 5;
const SLOW_DOWN_SECONDS = 5;
/** Consonants that are not mistaken for each other or for digits, and spell no words (RFC 8628, section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** What a device is told that asks before there is a token, or when there will never be one (RFC 8628, section 3.5). */
export type DeviceRefusal =
  'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'invalid_grant';

/** Devices that wait for a user to sign them in (RFC 8628). */
export interface DeviceAuthorizations {
  create(
    clientId: string,
    scope: string | undefined,
  ): { readonly deviceCode: string; readonly userCode: string };
  /**
   * A user says yes or no to the device that shows this code: upper or lower case, with or without hyphen.
   * @returns whether a device was waiting for it.
   */
  decide(userCode: string, user: DemoUser, approved: boolean): boolean;
  /** The device asks. A code that was redeemed or denied cannot be used again. */
  poll(deviceCode: string, clientId: string): Grant | DeviceRefusal;
}

interface Waiting {
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string | undefined;
  readonly expiresAt: number;
  intervalSeconds: number;
  lastAskedAt: number;
  decision?: { readonly user: DemoUser; readonly approved: boolean };
}

export function createDeviceAuthorizations(now: () => number): DeviceAuthorizations {
  const devices = new Map<string, Waiting>();

  const isTooEarly = (device: Waiting): boolean => {
    const early = now() < device.lastAskedAt + device.intervalSeconds * 1000;
    device.lastAskedAt = now();
    if (early) device.intervalSeconds += SLOW_DOWN_SECONDS;
    return early;
  };

  return {
    create(clientId, scope) {
      // A device that asks late is told that its code has expired; after as long again it is forgotten.
      for (const [code, { expiresAt }] of devices)
        if (expiresAt + DEVICE_CODE_SECONDS * 1000 <= now()) devices.delete(code);
      const deviceCode = randomBytes(32).toString('base64url');
      const letters = Array.from({ length: 8 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
      const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
      devices.set(deviceCode, {
        userCode,
        clientId,
        scope,
        expiresAt: now() + DEVICE_CODE_SECONDS * 1000,
        intervalSeconds: POLL_INTERVAL_SECONDS,
        lastAskedAt: Number.NEGATIVE_INFINITY,
      });
      return { deviceCode, userCode };
    },
    decide(userCode, user, approved) {
      const entered = normalise(userCode);
      const device = [...devices.values()].find(
        (waiting) => normalise(waiting.userCode) === entered && waiting.expiresAt > now(),
      );
      if (device === undefined || device.decision !== undefined) return false;
      device.decision = { user, approved };
      return true;
    },
    poll(deviceCode, clientId) {
      const device = devices.get(deviceCode);
      if (device === undefined || device.clientId !== clientId) return 'invalid_grant';
      if (device.expiresAt <= now()) return 'expired_token';
      if (device.decision === undefined) return isTooEarly(device) ? 'slow_down' : 'authorization_pending';
      devices.delete(deviceCode);
      const { user, approved } = device.decision;
      const scope = grantScopes(user, device.scope);
      return approved && scope !== '' ? { user, clientId, scope } : 'access_denied';
    },
  };
}

function normalise(userCode: string): string {
  return userCode.toUpperCase().replace(/[^A-Z]/g, '');
}
