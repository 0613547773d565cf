/** One value that an expression names. `body` stands for what this gateway does not read. */
export type Selection =
  | { readonly from: 'request.header'; readonly name: string }
  | { readonly from: 'request.querystring'; readonly name: string }
  | { readonly from: 'request.path' }
  | { readonly from: 'request.path.parameter'; readonly name: string }
  | { readonly from: 'response.header'; readonly name: string }
  | { readonly from: 'context'; readonly name: string }
  | { readonly from: 'stageVariables'; readonly name: string };

/** A mapping value: static text and selections, in order. */
export type Template = readonly (string | Selection)[];

const INLINE =
  /\$\{(?<braced>[^{}]*)\}|\$(?<bare>(?:request|response|context|stageVariables)\.[\w-]+(?:\.[\w-]+)*)/g;

/**
 * Reads `$request.header.x`, `$request.querystring.x`, `$request.path`, `$request.path.x`, `$response.header.x`,
 * `$context.x`, `$stageVariables.x`. Undefined for any other text, bodies included.
 */
export function parseSelection(expression: string): Selection | undefined {
  return expression.startsWith('$') ? parseInner(expression.slice(1)) : undefined;
}

/**
 * Splits a mapping value into text and selections, in both spellings `$request.path` and `${request.path}`.
 * Throws an Error that quotes the expression which cannot be read.
 */
export function parseTemplate(text: string): Template {
  const parts: (string | Selection)[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const inner = match.groups?.['braced'] ?? match.groups?.['bare'] ?? '';
    const selection = parseInner(inner);
    if (selection === undefined) throw new Error(`cannot read the expression "${match[0]}"`);
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(selection);
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/**
 * The text of a template. A template that is one selection without a value is undefined; inside longer text a missing
 * value is empty.
 */
export function renderTemplate(
  template: Template,
  select: (selection: Selection) => string | undefined,
): string | undefined {
  const [only] = template;
  if (template.length === 1 && only !== undefined && typeof only !== 'string') return select(only);
  return template.map((part) => (typeof part === 'string' ? part : (select(part) ?? ''))).join('');
}

function parseInner(inner: string): Selection | undefined {
  if (inner === 'request.path') return { from: 'request.path' };
  const match =
    /^(?<from>request\.header|request\.querystring|request\.path|response\.header|context|stageVariables)\.(?<name>.+)$/.exec(
      inner,
    );
  const name = match?.groups?.['name'];
  if (name === undefined) return undefined;
  switch (match?.groups?.['from']) {
    case 'request.header':
      return { from: 'request.header', name: name.toLowerCase() };
    case 'request.querystring':
      return { from: 'request.querystring', name };
    case 'request.path':
      return { from: 'request.path.parameter', name };
    case 'response.header':
      return { from: 'response.header', name: name.toLowerCase() };
    case 'context':
      return { from: 'context', name };
    case 'stageVariables':
      return { from: 'stageVariables', name };
    case undefined:
    default:
      return undefined;
  }
}
