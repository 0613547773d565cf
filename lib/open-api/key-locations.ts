import type { ReadOperation } from './read-operations.ts';
import { locationOf, type SecurityScheme } from './security.ts';

interface KeyLocations {
  readonly keyHeaders: readonly string[];
  readonly keyQueryParameters: readonly string[];
  readonly keyCookies?: readonly string[];
}

/**
 * Where keys travel: as the `apiKey` schemes that operations name say; where none does, as all schemes that are whole.
 */
export function keyLocations(
  operations: readonly ReadOperation[],
  schemes: ReadonlyMap<string, SecurityScheme>,
): KeyLocations {
  const named = new Set(operations.flatMap(({ security }) => security?.keySchemes ?? []));
  const locations = [...schemes]
    .filter(([name, scheme]) => (named.size > 0 ? named.has(name) : isWhole(scheme)))
    .map(([name, scheme]) => locationOf(name, scheme));
  const namesIn = (location: 'header' | 'query' | 'cookie') =>
    locations.filter((candidate) => candidate.in === location).map(({ name }) => name);
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
