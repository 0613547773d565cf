import type { SourceModule } from './read-modules.ts';

/** Each cycle as `a -> b -> a`. Imports of types do not count: they are erased, and nothing is loaded for them. */
export function findCycles(graph: readonly SourceModule[]): readonly string[] {
  const targets = new Map(
    graph.map(({ path, imports }) => [
      path,
      imports.filter(({ erased }) => !erased).map(({ target }) => target),
    ]),
  );
  const cycles: string[] = [];
  const finished = new Set<string>();
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || finished.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of graph) follow(path, []);
  return cycles;
}
