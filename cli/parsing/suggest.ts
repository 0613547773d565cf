/**
 * Which of the candidates a misspelt word probably means: one that it begins, or the nearest by typing errors (a
 * letter too many, missing, wrong, or two swapped).
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const begun = word.length >= 3 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
  if (begun !== undefined) return begun;
  const [nearest] = candidates
    .map((candidate) => ({ candidate, errors: typingErrors(word, candidate) }))
    .filter(({ candidate, errors }) => errors <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.errors - other.errors);
  return nearest?.candidate;
}

/** Damerau-Levenshtein distance (optimal string alignment). */
export function typingErrors(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const at = (up: number, left: number): number =>
        (up === 0 ? current : rows[row - up])?.[column - left] ?? Number.POSITIVE_INFINITY;
      const isSame = one.charAt(row - 1) === other.charAt(column - 1);
      const isSwapped =
        one.charAt(row - 1) === other.charAt(column - 2) && one.charAt(row - 2) === other.charAt(column - 1);
      const swapped = row > 1 && column > 1 && isSwapped ? at(2, 2) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(at(1, 0) + 1, at(0, 1) + 1, at(1, 1) + (isSame ? 0 : 1), swapped));
    }
    rows.push(current);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
