/**
 * Orders ids so that each comes after everything that it depends on; otherwise keeps the given order.
 * @param cycleError makes the error for a circle, from the ids along it.
 */
export function orderByDependency(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
  cycleError: (cycle: readonly string[]) => Error,
): string[] {
  const ordered = new Set<string>();
  const visiting: string[] = [];
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    const seenAt = visiting.indexOf(id);
    if (seenAt !== -1) throw cycleError([...visiting.slice(seenAt), id]);
    visiting.push(id);
    for (const dependency of dependenciesOf(id)) visit(dependency);
    visiting.pop();
    ordered.add(id);
  };
  for (const id of ids) visit(id);
  return [...ordered];
}
