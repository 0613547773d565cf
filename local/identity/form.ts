/** Parameters of a form or query, each given once. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads form-encoded text. OAuth forbids to repeat a parameter and treats an empty one as absent (RFC 6749,
 * section 3.1).
 * @returns undefined when a parameter is repeated.
 */
export function parseForm(text: string): Form | undefined {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) return undefined;
    form.set(name, value);
  }
  for (const [name, value] of form) if (value === '') form.delete(name);
  return form;
}
