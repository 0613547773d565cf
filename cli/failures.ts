/** What the command line ends with. 0 is success. */
export const EXIT_CODES = {
  /** The server refused, or the command could not do what it should. */
  failed: 1,
  /** The command line cannot be followed. Nothing was sent that changes anything. */
  usage: 2,
  notSignedIn: 3,
  /** The server could not be reached, or did not answer in time. */
  network: 4,
  /** A fault of the command line itself. */
  fault: 70,
} as const;

/** Why a command ended without doing what it should; `message` is for the user and holds no secret. */
export class CommandFailure extends Error {
  readonly kind: keyof typeof EXIT_CODES;
  /** More lines, one for each thing that is wrong. */
  readonly details: readonly string[];

  constructor(kind: keyof typeof EXIT_CODES, message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'CommandFailure';
    this.kind = kind;
    this.details = details;
  }
}

/** A command line that cannot be followed. */
export function usageFailure(message: string, details: readonly string[] = []): CommandFailure {
  return new CommandFailure('usage', message, details);
}
