/** Fewer different characters than a random number of twenty decimal digits ever has, for practical purposes. */
const FEWEST_CHARACTERS = 6;

/**
 * Whether a key value that was made elsewhere can be guessed by its look: few different characters, a part that repeats
 * itself, or characters in a row such as `abc…`. No proof that a value is random, and nobody can tell from a digest.
 */
export function isGuessableValue(value: string): boolean {
  return new Set(value.toLowerCase()).size < FEWEST_CHARACTERS || repeatsItself(value) || isInARow(value);
}

/** A text that repeats itself is found inside itself twice over, before its end. */
function repeatsItself(value: string): boolean {
  const shift = (value + value).indexOf(value, 1);
  if (shift < value.length) return true;
  // The last repetition may be cut off.
  const longest = Math.floor(value.length / 2);
  return Array.from({ length: longest }, (_, index) => index + 1).some((period) =>
    value.startsWith(value.slice(period)),
  );
}

/** Each character as far from the next as the one before, as in `abcdef`, also where digits or letters begin anew. */
function isInARow(value: string): boolean {
  const codes = Array.from(value, (character) => character.charCodeAt(0));
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const ordinary = steps.filter((step) => Math.abs(step) === 1).length;
  return ordinary >= steps.length * 0.8;
}
