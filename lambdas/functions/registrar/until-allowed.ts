/** How long to go on trying, and how to wait. */
export interface Patience {
  /** Milliseconds that are left for tries. */
  readonly left: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const NOT_ALLOWED = new Set(['AccessDenied', 'AccessDeniedException', 'UnrecognizedClientException']);
const PAUSE_MILLISECONDS = 3_000;

/**
 * Tries again what is not allowed: in the first minute or so, IAM may not know yet what a role that was just made allows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * @throws what `act` throws, at once for anything else and when the time is over.
 */
export async function untilAllowed<T>({ left, pause }: Patience, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const isNotAllowed = error instanceof Error && NOT_ALLOWED.has(error.name);
      if (!isNotAllowed || left() <= PAUSE_MILLISECONDS) throw error;
      await pause(PAUSE_MILLISECONDS);
    }
  }
}
