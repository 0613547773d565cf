/** AWS's rule for a value; `holds` gets plain values, and texts without their unknown parts. */
export interface Rule {
  readonly says: string;
  readonly holds: (value: unknown, known: Known) => boolean;
}

/** How much of a value a template tells. */
export interface Known {
  /** The text without what is known only when it is deployed; of what is no text, JSON. */
  readonly text: string;
  /** Whether nothing is left out. */
  readonly whole: boolean;
}

/** Unknown parts only make a text longer. */
export const atMost = (characters: number): Rule => ({
  says: `at most ${characters.toLocaleString('en')} characters`,
  holds: (_, { text }) => text.length <= characters,
});

export const matches = (pattern: RegExp, says: string): Rule => ({
  says,
  holds: (_, { text, whole }) => !whole || pattern.test(text),
});

export const oneOf = (...values: readonly (string | number)[]): Rule => ({
  says: `one of ${values.join(', ')}`,
  holds: (value, { whole }) => !whole || values.some((allowed) => String(allowed) === String(value)),
});

export const between = (least: number, most: number): Rule => ({
  says: `from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`,
  holds: (value, { whole }) => !whole || (Number(value) >= least && Number(value) <= most),
});

/** Of a list or a map. */
export const entries = (most: number): Rule => ({
  says: `at most ${most} entries`,
  holds: (value) => typeof value !== 'object' || value === null || Object.keys(value).length <= most,
});

export const bytes = (most: number): Rule => ({
  says: `at most ${most.toLocaleString('en')} bytes as JSON`,
  holds: (_, { text }) => Buffer.byteLength(text) <= most,
});

const INTRINSIC = /^(?:Ref|Fn::\w+)$/;

/** Whether `value` is a call such as `{ Ref: … }`. */
export function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && INTRINSIC.test(keys[0] ?? '');
}

/** Reads `Fn::Join` and `Fn::Sub` as far as they are text. */
export function knownOf(value: unknown): Known {
  if (typeof value === 'string') return { text: value, whole: !value.includes('${Token[') };
  if (typeof value !== 'object' || value === null) return { text: String(value), whole: true };
  if (!isIntrinsic(value)) return { text: JSON.stringify(value), whole: true };
  const call: Readonly<Record<string, unknown>> = { ...value };
  const { 'Fn::Sub': pattern, 'Fn::Join': joined } = call;
  if (typeof pattern === 'string') return { text: pattern.replaceAll(/\$\{(?!!)[^}]*\}/g, ''), whole: false };
  if (!Array.isArray(joined)) return { text: '', whole: false };
  const list: readonly unknown[] = joined;
  const [separator, parts] = list;
  const texts = Array.isArray(parts) ? parts.map((part) => knownOf(part).text) : [];
  return { text: texts.join(typeof separator === 'string' ? separator : ''), whole: false };
}
