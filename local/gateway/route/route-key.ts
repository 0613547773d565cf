const METHOD = /^(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/;
const LITERAL = /^[\w.:-]+$/;
const PARAMETER = /^\{[\w.:-]+\+?\}$/;

/**
 * Why API Gateway refuses a route key, or undefined: it takes `$default`, or a method and a path whose parameters are whole
 * parts, a greedy one the last.
 */
export function routeKeyProblem(routeKey: string): string | undefined {
  if (routeKey === '$default') return undefined;
  const [method = '', path = '', ...more] = routeKey.split(' ');
  if (!METHOD.test(method) || !path.startsWith('/') || more.length > 0) {
    return 'is neither $default nor a method and a path';
  }
  if (path === '/') return undefined;
  const parts = path.split('/').slice(1);
  const greedy = parts.findIndex((part) => part.endsWith('+}'));
  if (greedy !== -1 && greedy !== parts.length - 1) return 'has a greedy parameter before its last segment';
  const wrong = parts.find((part) => !LITERAL.test(part) && !PARAMETER.test(part));
  if (wrong === undefined) return undefined;
  return wrong === ''
    ? 'has an empty part in its path'
    : `has the part ${wrong} in its path, which API Gateway refuses: a part is a parameter, or ASCII letters, digits and . _ : -`;
}
