/** Limits of what one owner, a person or a group, can have. Lowering a limit removes nothing. */
export interface OwnerLimits {
  /** Keys that have not been revoked. */
  readonly keys: number;
  readonly applications: number;
  /** Bytes of a key's metadata, as JSON in UTF-8. */
  readonly metadataBytes: number;
}

export const DEFAULT_OWNER_LIMITS: OwnerLimits = { keys: 1_000, applications: 200, metadataBytes: 8_192 };

/** Revoked keys stay for thirty days: no more of them than so many times the live ones can be made. */
export const ENDED_KEYS_FACTOR = 10;

/** Most that each can be set to: a list of all that is an owner's is still read by one function. */
export const LARGEST_OWNER_LIMITS: OwnerLimits = { keys: 10_000, applications: 1_000, metadataBytes: 16_384 };

/** The limits as one environment variable: `1000,200,8192`. */
export function formatOwnerLimits({ keys, applications, metadataBytes }: OwnerLimits): string {
  return [keys, applications, metadataBytes].join(',');
}

export function readOwnerLimits(
  text: string,
): { readonly value: OwnerLimits } | { readonly problem: string } {
  const [, keys, applications, metadataBytes] = /^(\d{1,9}),(\d{1,9}),(\d{1,9})$/.exec(text) ?? [];
  return keys === undefined
    ? { problem: 'must be three numbers: keys, applications, bytes of metadata' }
    : {
        value: {
          keys: Number(keys),
          applications: Number(applications),
          metadataBytes: Number(metadataBytes),
        },
      };
}
