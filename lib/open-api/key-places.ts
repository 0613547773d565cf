import type { ReadOperation } from './read-operations.ts';
import { placeOf, type SecurityScheme } from './security.ts';

interface KeyPlaces {
  readonly keyHeaders: readonly string[];
  readonly keyQueryParameters: readonly string[];
  readonly keyCookies?: readonly string[];
}

/**
 * Where keys travel: as the `apiKey` schemes that operations name say; where none does, as all schemes that are whole.
 */
export function keyPlaces(
  operations: readonly ReadOperation[],
  schemes: ReadonlyMap<string, SecurityScheme>,
): KeyPlaces {
  const named = new Set(operations.flatMap(({ security }) => security?.keySchemes ?? []));
  const places = [...schemes]
    .filter(([name, scheme]) => (named.size > 0 ? named.has(name) : isWhole(scheme)))
    .map(([name, scheme]) => placeOf(name, scheme));
  const namesIn = (place: 'header' | 'query' | 'cookie') =>
    places.filter((candidate) => candidate.in === place).map(({ name }) => name);
  const cookies = [...new Set(namesIn('cookie'))];
  return {
    // One header, however it is spelt.
    keyHeaders: [...new Map(namesIn('header').map((name) => [name.toLowerCase(), name])).values()],
    keyQueryParameters: [...new Set(namesIn('query'))],
    ...(cookies.length > 0 && { keyCookies: cookies }),
  };
}

function isWhole(scheme: SecurityScheme): boolean {
  return (
    scheme.type === 'apiKey' &&
    ['header', 'query', 'cookie'].includes(scheme.in ?? '') &&
    scheme.name !== undefined
  );
}
