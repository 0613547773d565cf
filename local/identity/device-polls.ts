/** How long a device waits between two questions, unless it was told to slow down. */
const POLL_INTERVAL_SECONDS = 5;
const SLOW_DOWN_SECONDS = 5;
/** A device that has not asked for this long is forgotten. */
const PATIENCE_MILLISECONDS = 600_000;

/** Watches how often devices ask whether their user has signed in (RFC 8628, section 3.5): the library does not. */
export interface DevicePolls {
  readonly intervalSeconds: number;
  /** Whether a device asks too early; from then on it has to wait longer. */
  isTooEarly(deviceCode: string): boolean;
}

export function createDevicePolls(): DevicePolls {
  const devices = new Map<string, { readonly intervalSeconds: number; readonly askedAt: number }>();
  return {
    intervalSeconds: POLL_INTERVAL_SECONDS,
    isTooEarly(deviceCode) {
      const now = Date.now();
      for (const [code, { askedAt }] of devices) {
        if (askedAt + PATIENCE_MILLISECONDS <= now) devices.delete(code);
      }
      const before = devices.get(deviceCode);
      const waited = before?.intervalSeconds ?? POLL_INTERVAL_SECONDS;
      const isEarly = before !== undefined && now < before.askedAt + waited * 1000;
      devices.set(deviceCode, {
        intervalSeconds: isEarly ? waited + SLOW_DOWN_SECONDS : waited,
        askedAt: now,
      });
      return isEarly;
    },
  };
}
