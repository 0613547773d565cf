/** The code of an error of Node and its libraries, such as `ENOENT`; `undefined`: it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The same for the end of a sentence: ` (ENOENT)`, or nothing. */
export function errorCodeInBrackets(error: unknown): string {
  const code = errorCode(error);
  return code === undefined ? '' : ` (${code})`;
}
