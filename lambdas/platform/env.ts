/** Reads one variable: the value, or a sentence about what is wrong with it. */
export type VariableReader<T> = (text: string) => { readonly value: T } | { readonly problem: string };

export const text: VariableReader<string> = (value) => ({ value });

/** A text that `pattern` matches. */
export function matching(pattern: RegExp): VariableReader<string> {
  return (value) => (pattern.test(value) ? { value } : { problem: `must match ${pattern.source}` });
}

type Shape = Readonly<Record<string, VariableReader<unknown>>>;
type Values<S extends Shape> = {
  readonly [Name in keyof S]: S[Name] extends VariableReader<infer T> ? T : never;
};

/**
 * Reads the variables that `shape` names, all of them required and not empty.
 * @throws Error that lists every variable that is missing or wrong, never a value.
 */
export function readEnvironment<S extends Shape>(
  environment: Readonly<Record<string, string | undefined>>,
  shape: S,
): Values<S>;
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  shape: Shape,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, read] of Object.entries(shape)) {
    const raw = environment[name];
    if (raw === undefined || raw === '') {
      problems.push(`${name} is missing`);
      continue;
    }
    const reading = read(raw);
    if ('problem' in reading) problems.push(`${name} ${reading.problem}`);
    else values[name] = reading.value;
  }
  if (problems.length > 0) throw new Error(`the environment is not usable: ${problems.join('; ')}`);
  return values;
}
