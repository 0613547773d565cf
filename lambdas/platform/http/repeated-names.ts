/** A text, or one of the signs that matter to who has what name. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * Whether an object in a JSON text has a name twice. `JSON.parse` takes the last; another reader of the same body, such
 * as a firewall or an audit, can take the first. RFC 7493 rules it out.
 * @param text valid JSON
 */
export function hasRepeatedNames(text: string): boolean {
  // The names of each object that is open; `undefined` for a list.
  const open: (Set<unknown> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const names = open.at(-1);
      const name: unknown = JSON.parse(last);
      if (names?.has(name) === true) return true;
      names?.add(name);
    }
    last = token;
  }
  return false;
}
