import { parseJson } from '../parse-json.ts';

/**
 * CloudWatch Logs filter patterns for JSON lines, as subscription filters use them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */

/** Whether a log line passes. */
export type LineFilter = (line: string) => boolean;

type Test = (document: unknown) => boolean;

/**
 * Compiles `''` (every line) or a JSON pattern: comparisons of a property with a text (`*` as wildcard) or a
 * number, `IS TRUE|FALSE|NULL`, `EXISTS`, `NOT EXISTS`, joined by `&&`, `||` and parentheses.
 * @throws Error for any other pattern: unstructured terms, space-delimited patterns, regular expressions.
 */
export function compileFilterPattern(pattern: string): LineFilter {
  const text = pattern.trim();
  if (text === '') return () => true;
  const inner = /^\{([\s\S]*)\}$/.exec(text)?.[1];
  if (inner === undefined) throw new Error(`only JSON filter patterns are supported, found ${pattern}`);
  const tokens = tokenize(inner, pattern);
  const test = parseAny(tokens);
  if (tokens.length > 0) throw new Error(`unexpected ${tokens[0] ?? ''} in the filter pattern ${pattern}`);
  return (line) => {
    const document = parseJson(line);
    return typeof document === 'object' && document !== null && test(document);
  };
}

const TOKEN =
  /\s*(&&|\|\||[()]|!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+|\.?\[(?:\d+|"[^"]+"|'[^']+')\])+|[\w*.+-]+)/y;

function tokenize(text: string, pattern: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) {
      throw new Error(`cannot read ${text.slice(start).trim()} in the filter pattern ${pattern}`);
    }
    tokens.push(token);
  }
  return tokens;
}

function parseAny(tokens: string[]): Test {
  const alternatives = [parseAll(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    alternatives.push(parseAll(tokens));
  }
  return (document) => alternatives.some((test) => test(document));
}

function parseAll(tokens: string[]): Test {
  const conditions = [parseOne(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    conditions.push(parseOne(tokens));
  }
  return (document) => conditions.every((test) => test(document));
}

function parseOne(tokens: string[]): Test {
  const token = tokens.shift();
  if (token === '(') {
    const test = parseAny(tokens);
    if (tokens.shift() !== ')') throw new Error('a parenthesis of the filter pattern is not closed');
    return test;
  }
  if (token?.startsWith('$') !== true) throw new Error(`expected a selector, found ${token ?? 'the end'}`);
  const path = parseSelector(token);
  const operator = tokens.shift();
  if (operator === 'EXISTS') return (document) => select(document, path) !== undefined;
  if (operator === 'NOT' && tokens.shift() === 'EXISTS') {
    return (document) => select(document, path) === undefined;
  }
  const operand = tokens.shift();
  if (operand === undefined) throw new Error(`the filter pattern ends after ${operator ?? token}`);
  if (operator === 'IS') return isTest(path, operand);
  return comparison(path, operator ?? '', operand);
}

function isTest(path: readonly string[], operand: string): Test {
  const expected = new Map<string, unknown>([
    ['TRUE', true],
    ['FALSE', false],
    ['NULL', null],
  ]);
  if (!expected.has(operand)) throw new Error(`IS ${operand} is not known in filter patterns`);
  return (document) => select(document, path) === expected.get(operand);
}

function comparison(path: readonly string[], operator: string, operand: string): Test {
  const number = operand.startsWith('"') ? Number.NaN : Number(operand);
  const matches = Number.isNaN(number) ? textMatcher(operand) : (value: unknown) => value === number;
  // A line without the property passes neither test, as AWS documents for `!=`.
  switch (operator) {
    case '=':
      return (document) => matches(select(document, path));
    case '!=':
      return (document) => {
        const value = select(document, path);
        return value !== undefined && !matches(value);
      };
  }
  if (Number.isNaN(number)) throw new Error(`${operator} compares numbers only, found ${operand}`);
  const order: Record<string, (value: number) => boolean> = {
    '<': (value) => value < number,
    '<=': (value) => value <= number,
    '>': (value) => value > number,
    '>=': (value) => value >= number,
  };
  const compare = order[operator];
  if (compare === undefined) throw new Error(`${operator} is not known in filter patterns`);
  return (document) => {
    const value = select(document, path);
    return typeof value === 'number' && compare(value);
  };
}

function textMatcher(operand: string): (value: unknown) => boolean {
  const text = operand.startsWith('"') ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand;
  const expression = new RegExp(`^${text.split('*').map(escapeExpression).join('[\\s\\S]*')}$`);
  return (value) => typeof value === 'string' && expression.test(value);
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function parseSelector(selector: string): string[] {
  return Array.from(selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]+)"\]|\['([^']+)'\]/g), (match) => {
    const [, property, index, quoted, singleQuoted] = match;
    return property ?? index ?? quoted ?? singleQuoted ?? '';
  });
}

function select(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
