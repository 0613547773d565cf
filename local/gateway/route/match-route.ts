import type { Route } from '../model.ts';
import { routeKeyProblem } from './route-key.ts';

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

interface CompiledRoute {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly greedy: boolean;
}

/** The routes of one API, most specific first. */
export interface RouteTable {
  readonly compiled: readonly CompiledRoute[];
  readonly fallback: Route | undefined;
}

export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Sorts the routes of an API into the order in which API Gateway tries them: full matches, then routes with a greedy
 * parameter; at equal shape the first differing segment decides (static before `{name}`), then a method before `ANY`.
 * Throws an Error that names the route key when API Gateway would not take it.
 */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  const compiled = routes.filter((route) => route.routeKey !== '$default').map(compileRoute);
  return {
    compiled: compiled.sort(compareRoutes),
    fallback: routes.find((route) => route.routeKey === '$default'),
  };
}

/** The first route that takes the request, or undefined: then the gateway answers 404. `path` is decoded. */
export function matchRoute(table: RouteTable, method: string, path: string): RouteMatch | undefined {
  const parts = path.split('/').slice(1);
  for (const candidate of table.compiled) {
    if (candidate.method !== 'ANY' && candidate.method !== method) continue;
    const pathParameters = matchSegments(candidate.segments, parts);
    if (pathParameters !== undefined) return { route: candidate.route, pathParameters };
  }
  return table.fallback === undefined ? undefined : { route: table.fallback, pathParameters: {} };
}

function compileRoute(route: Route): CompiledRoute {
  const { routeKey } = route;
  const problem = routeKeyProblem(routeKey);
  if (problem !== undefined) throw new Error(`Route key "${routeKey}" ${problem}`);
  const [method = '', path = ''] = routeKey.split(' ');
  const segments = path.split('/').slice(1).map(compileSegment);
  return { route, method, segments, greedy: segments.at(-1)?.kind === 'greedy' };
}

function compileSegment(text: string): Segment {
  const match = /^\{(?<name>[^{}+]+)(?<plus>\+?)\}$/.exec(text);
  const name = match?.groups?.['name'];
  if (name === undefined) return { kind: 'literal', text };
  return { kind: match?.groups?.['plus'] === '+' ? 'greedy' : 'parameter', name };
}

// An empty segment (a doubled or trailing slash) is no value for a parameter: `/menu/` is not `/menu/{id}`.
function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const found: [string, string][] = [];
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (segment.kind === 'greedy') {
      const rest = parts.slice(index).join('/');
      if (rest === '') return undefined;
      found.push([segment.name, rest]);
      return Object.fromEntries(found);
    }
    if (segment.kind === 'literal' ? segment.text !== part : part === '') return undefined;
    if (segment.kind === 'parameter') found.push([segment.name, part]);
  }
  return parts.length === segments.length ? Object.fromEntries(found) : undefined;
}

const SPECIFICITY = { literal: 0, parameter: 1, greedy: 2 } as const;

function compareRoutes(left: CompiledRoute, right: CompiledRoute): number {
  if (left.greedy !== right.greedy) return left.greedy ? 1 : -1;
  for (const [index, segment] of left.segments.entries()) {
    const other = right.segments[index];
    if (other === undefined) return -1;
    const difference = SPECIFICITY[segment.kind] - SPECIFICITY[other.kind];
    if (difference !== 0) return difference;
  }
  if (left.segments.length !== right.segments.length) return 1;
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}
