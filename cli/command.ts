import { z } from 'zod';
import type { CommandContext } from './command-context.ts';
import { usageFailure } from './failures.ts';

/** What is known of a flag besides its schema. */
export interface FlagNotes {
  readonly kind: 'text' | 'list' | 'toggle';
  /** What stands for its value in a usage line: `DURATION`. Toggles have none. */
  readonly value?: string;
  /** What it does, for the help. */
  readonly about: string;
  readonly required?: boolean;
  /** The only values that it can have. */
  readonly choices?: readonly string[];
}

export interface ArgumentNotes {
  readonly about: string;
  readonly optional?: boolean;
  /** The only values that it can have. */
  readonly choices?: readonly string[];
}

/** Notes by schema: `parsing/flags.ts` makes schemas that have them. */
export const flagNotes = z.registry<FlagNotes>();
export const argumentNotes = z.registry<ArgumentNotes>();

/** Flags by name without the hyphens, arguments by name in the order in which they are given. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** What the user typed after the command's name, not yet checked against the schemas. */
export interface RawInput {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** One command, ready to be described and to be run. */
export interface Command {
  /** One or two words: `keys generate`. */
  readonly name: string;
  /** One line for lists of commands. */
  readonly about: string;
  /** What else is worth knowing; help wraps its paragraphs. */
  readonly details?: string;
  readonly args: Shape;
  readonly flags: Shape;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Whether it asks before it does what cannot be undone: it then has the flag --yes. */
  readonly isDestructive: boolean;
  /**
   * Checks the input at once.
   * @returns what does the work.
   * @throws CommandFailure `usage` with a line for each argument or flag that is wrong.
   */
  readonly prepare: (input: RawInput) => (context: CommandContext) => Promise<void>;
}

interface CommandDefinition<Args extends Shape, Flags extends Shape> {
  readonly name: string;
  readonly about: string;
  readonly details?: string;
  readonly args?: Args;
  readonly flags?: Flags;
  readonly examples: readonly string[];
  readonly isDestructive?: boolean;
  readonly run: (
    context: CommandContext,
    input: { readonly args: z.output<z.ZodObject<Args>>; readonly flags: z.output<z.ZodObject<Flags>> },
  ) => Promise<void>;
}

/** Ties a command's schemas to what it does. */
export function defineCommand<Args extends Shape = Shape, Flags extends Shape = Shape>({
  run,
  args,
  flags,
  isDestructive = false,
  ...rest
}: CommandDefinition<Args, Flags>): Command {
  return {
    ...rest,
    isDestructive,
    args: args ?? {},
    flags: flags ?? {},
    prepare: (input) => {
      const names = Object.keys(args ?? {});
      const given = Object.fromEntries(
        names.flatMap((name, at) => (at in input.args ? [[name, input.args[at]]] : [])),
      );
      const problems = input.args.length > names.length ? ['Too many arguments.'] : [];
      const readArgs = z.object(args).safeParse(given);
      const readFlags = z.object(flags).safeParse(input.flags);
      problems.push(...problemsOf(readArgs, (name) => name.toUpperCase()));
      problems.push(...problemsOf(readFlags, (name) => `--${name}`));
      if (!readArgs.success || !readFlags.success || problems.length > 0) {
        throw usageFailure(`Invalid arguments for keybound ${rest.name}.`, problems);
      }
      return (context) => run(context, { args: readArgs.data, flags: readFlags.data });
    },
  };
}

function problemsOf(
  result: z.ZodSafeParseResult<unknown>,
  label: (name: string) => string,
): readonly string[] {
  return (result.error?.issues ?? []).map(({ path, message }) => `${label(String(path[0]))}: ${message}`);
}
