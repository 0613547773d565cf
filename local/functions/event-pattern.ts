/**
 * Event filtering of Lambda event source mappings.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */

/**
 * Checks that a pattern uses only what `matchesEventPattern` knows: equal texts, numbers, booleans and null,
 * `prefix`, `exists` and `anything-but`.
 * @throws Error that names what is not supported.
 */
export function assertSupportedPattern(pattern: unknown): void {
  if (!isObject(pattern)) throw new Error('an event pattern must be a JSON object');
  for (const [key, value] of Object.entries(pattern)) {
    if (!Array.isArray(value)) {
      if (!isObject(value)) throw new Error(`the value of ${key} must be an object or a list`);
      assertSupportedPattern(value);
      continue;
    }
    for (const rule of value) {
      if (isObject(rule)) {
        const [operator, ...others] = Object.keys(rule);
        if (others.length > 0 || !['prefix', 'exists', 'anything-but'].includes(operator ?? '')) {
          throw new Error(`the rule ${JSON.stringify(rule)} is not supported in event patterns`);
        }
      }
    }
  }
}

/** Whether an event matches a pattern that `assertSupportedPattern` accepts. */
export function matchesEventPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) return false;
  return Object.entries(pattern).every(([key, expected]) => {
    const value: unknown = isObject(event) ? event[key] : undefined;
    if (Array.isArray(expected)) return expected.some((rule) => matchesRule(rule, value));
    return matchesEventPattern(expected, value);
  });
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value;
  if ('exists' in rule) return rule['exists'] === (value !== undefined);
  if ('prefix' in rule) {
    return (
      typeof value === 'string' && typeof rule['prefix'] === 'string' && value.startsWith(rule['prefix'])
    );
  }
  const excluded: unknown = rule['anything-but'];
  return value !== undefined && !(Array.isArray(excluded) ? excluded.includes(value) : excluded === value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
