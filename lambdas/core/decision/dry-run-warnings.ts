import type { Credential } from './credential.ts';
import type { Call } from './decide-access.ts';
import type { Freshness } from './freshness.ts';
import { readClientAddress } from '../restrictions/ip-restriction.ts';
import { isoOfSeconds } from '../general/utc.ts';

/** A time that is farther from now was meant as another one. */
const NOW_WITHIN_SECONDS = 60;

interface DryRunFacts {
  readonly call: Call;
  readonly credential: Credential | undefined;
  readonly nowEpochSeconds: number;
}

/** In what a real call could be decided otherwise than an imagined one, or was probably meant otherwise. */
export function dryRunWarnings({ call, credential, nowEpochSeconds }: DryRunFacts): readonly string[] {
  const { clientAddress, atEpochSeconds } = call;
  const isRestricted = credential !== undefined && credential.permittedIp.length > 0;
  const graceEndsAt = credential?.replacedAtEpochSeconds;
  return [
    ...(clientAddress === undefined && isRestricted
      ? ['No source address was given; a real call has one.']
      : []),
    ...(clientAddress !== undefined && readClientAddress(clientAddress) === undefined
      ? ['The source address is no IP address; that of a real call is one.']
      : []),
    ...(Math.abs(atEpochSeconds - nowEpochSeconds) > NOW_WITHIN_SECONDS
      ? ['The key, its subscription and the API are looked at as they are now, whatever the time given.']
      : []),
    ...(graceEndsAt !== undefined && graceEndsAt > atEpochSeconds
      ? [`This value was replaced and works until ${isoOfSeconds(graceEndsAt)}.`]
      : []),
    ...staleness(call.freshness),
  ];
}

function staleness(freshness: Freshness): readonly string[] {
  switch (freshness.mode) {
    case 'strict':
      return [];
    case 'bounded':
      return [
        `The API can decide by data about the key that is up to ${freshness.seconds} s old, so a change can take effect that much later.`,
      ];
    case 'gateway':
      return [
        `API Gateway can repeat an earlier decision for the same key and address for up to ${freshness.ttlSeconds} s.`,
      ];
  }
}
