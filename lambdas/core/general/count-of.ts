/** `1 key`, `2 keys`: a number of things whose plural ends in s. */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
