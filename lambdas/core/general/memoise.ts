/**
 * Remembers the results of a pure function of a text, at most `limit` of them; past it, forgets all and starts
 * anew. Meant for compiling rules, which many keys and every call of a key share.
 */
export function memoise<T>(compute: (text: string) => T, limit: number): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = compute(text);
    if (known.size >= limit) known.clear();
    known.set(text, result);
    return result;
  };
}
