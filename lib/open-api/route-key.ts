import type { Operation } from './open-api-document.ts';

/** The path of the operation that takes what no other route does: the route `$default`. */
const DEFAULT_PATH = '/$default';

/**
 * A part of a route's path as API Gateway accepts it: a parameter is a whole part.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
const LITERAL = /^[\w.:-]+$/;
const PARAMETER = /^\{[\w.:-]+\}$/;
const GREEDY = /^\{[\w.:-]+\+\}$/;

/** The key of the route that serves an operation. */
export function routeKeyOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return path === DEFAULT_PATH ? '$default' : `${method} ${path}`;
}

/** Whether the route of an operation also takes the method OPTIONS, without having been made for it alone. */
export function takesEveryMethod({ method }: Pick<Operation, 'method'>): boolean {
  return method === 'ANY';
}

/** The path of an operation below the URL of a backend, as API Gateway wants it in a URI: without the + of a greedy parameter. */
export function backendPathOf(path: string): string {
  // The backend of `$default` gets the whole path of each call.
  return path === DEFAULT_PATH ? '' : path.replace(/\+\}$/, '}');
}

/** Whether a caller chooses what of the path reaches a backend at a URL: a parameter, or with `$default` all of it. */
export function passesPathOn(path: string): boolean {
  return path === DEFAULT_PATH || path.includes('{');
}

/** Why API Gateway would not take the route of an operation, and what it would take; `undefined` when it does. */
export function routeProblem({ method, path }: Pick<Operation, 'method' | 'path'>): string | undefined {
  if (path === DEFAULT_PATH) {
    return method === 'ANY'
      ? undefined
      : 'the route $default takes every method: write x-amazon-apigateway-any-method instead';
  }
  if (path === '/') return undefined;
  const parts = path.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const before = `/${parts.slice(0, index).join('/')}`.replace(/\/$/, '');
    if (part === '') {
      return isLast
        ? `a route cannot end with a slash: write ${before}`
        : 'a route cannot have two slashes in a row: remove one';
    }
    if (LITERAL.test(part) || PARAMETER.test(part) || (isLast && GREEDY.test(part))) continue;
    if (GREEDY.test(part)) {
      return `a greedy parameter takes everything that follows, so nothing can follow ${part}: write ${before}/${part}`;
    }
    const way = isLast ? `${before}/{part}` : `${before}/{proxy+}`;
    return part.includes('{')
      ? `a parameter must be a whole segment of the path, and ${part} is not: write ${way}, and let the backend parse it`
      : `the part ${JSON.stringify(part)} has more than letters of ASCII, digits, and . _ : - : write ${way}, and let the backend parse it`;
  }
  const names = parts.filter((part) => part.startsWith('{')).map((part) => part.replace(/[{}+]/g, ''));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? undefined
    : `the parameter ${twice} is there twice: give each its own name, such as ${twice}2`;
}
