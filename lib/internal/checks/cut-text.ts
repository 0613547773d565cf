/** At most `most` characters of a text, with an ellipsis in the place of what is left out. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not half of a character that takes two places.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
