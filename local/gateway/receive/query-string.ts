/** One parameter of a query: as sent, and decoded. */
export interface QueryParameter {
  readonly raw: string;
  readonly name: string;
  readonly value: string;
}

/**
 * Reads a raw query in the order in which it was sent. `+` is a space, a parameter without `=` has the value `''`,
 * empty pieces are skipped. A piece whose percent-encoding is broken keeps its text undecoded: never an error.
 */
export function parseQuery(rawQueryString: string): QueryParameter[] {
  const parameters: QueryParameter[] = [];
  for (const raw of rawQueryString.split('&')) {
    if (raw === '') continue;
    const equals = raw.indexOf('=');
    const name = equals === -1 ? raw : raw.slice(0, equals);
    const value = equals === -1 ? '' : raw.slice(equals + 1);
    parameters.push({ raw, name: decodeFormText(name), value: decodeFormText(value) });
  }
  return parameters;
}

/** A parameter that was not sent by the client, encoded for the wire. */
export function newQueryParameter(name: string, value: string): QueryParameter {
  return { raw: `${encodeFormText(name)}=${encodeFormText(value)}`, name, value };
}

export function formatQuery(parameters: readonly QueryParameter[]): string {
  return parameters.map((parameter) => parameter.raw).join('&');
}

/** Decoded names to decoded values, repeated ones comma-joined; undefined when there are none. */
export function joinQuery(parameters: readonly QueryParameter[]): Record<string, string> | undefined {
  if (parameters.length === 0) return undefined;
  const joined = new Map<string, string>();
  for (const { name, value } of parameters) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** The comma-joined value of one parameter; names are case-sensitive. Undefined when absent. */
export function joinedParameter(parameters: readonly QueryParameter[], name: string): string | undefined {
  const values = parameters.filter((parameter) => parameter.name === name).map(({ value }) => value);
  return values.length === 0 ? undefined : values.join(',');
}

function decodeFormText(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

// A lone surrogate has no UTF-8 form: encodeURIComponent would throw.
function encodeFormText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
