import { isRecord, ownValue, type JsonRecord } from './json-record.ts';

/** A security scheme, as far as it is known here. */
export interface SecurityScheme {
  readonly type: string;
  /** Of `apiKey`: header, query or cookie. */
  readonly in?: string;
  /** Of `apiKey`. */
  readonly name?: string;
  /** Of `http`: basic, bearer or another. */
  readonly scheme?: string;
}

/** The credentials that a document asks for at one operation. */
export interface OperationSecurity {
  /** The schemes that an API key satisfies by itself, wherever it travels. */
  readonly keySchemes: readonly string[];
  /** Other ways in, which a caller without a key could take. */
  readonly otherWays: readonly string[];
  /** Whether one of them is to bring nothing at all. */
  readonly isOpen: boolean;
}

/**
 * Reads the `security` that holds for an operation: its own, else the document's. Each requirement is a way in; what
 * one requirement names is wanted together.
 * @throws Error that says what is wrong with it.
 */
export function readSecurity(
  security: unknown,
  schemes: ReadonlyMap<string, SecurityScheme>,
): OperationSecurity {
  if (!Array.isArray(security)) throw new Error('its security is not a list of requirements');
  const ways = security.map((requirement: unknown) => readRequirement(requirement, schemes));
  return {
    keySchemes: ways.flatMap(({ keyScheme }) => keyScheme ?? []),
    otherWays: ways.flatMap(({ keyScheme, text }) => (keyScheme === undefined && text !== '' ? [text] : [])),
    isOpen: ways.length === 0 || ways.some(({ text }) => text === ''),
  };
}

interface Way {
  /** Set when a key alone is enough. */
  readonly keyScheme?: string;
  /** Empty: nothing is wanted. */
  readonly text: string;
}

function readRequirement(requirement: unknown, schemes: ReadonlyMap<string, SecurityScheme>): Way {
  if (!isRecord(requirement)) throw new Error('its security is not a list of requirements');
  const wanted = Object.entries(requirement).map(([name, scopes]) => {
    const scheme = schemes.get(name);
    if (scheme === undefined) {
      throw new Error(`its security names ${name}, which components.securitySchemes does not define`);
    }
    if (!isTexts(scopes)) throw new Error(`its security gives ${name} no list of scopes`);
    return { name, scheme, scopes };
  });
  const [first] = wanted;
  const text = wanted.map(describe).join(' together with ');
  // What a key would have to prove beside itself, nobody looks at: it would open too much.
  const isKey = wanted.length === 1 && first?.scheme.type === 'apiKey' && first.scopes.length === 0;
  if (!isKey) return { text };
  locationOf(first.name, first.scheme);
  return { text, keyScheme: first.name };
}

/** @throws Error when an apiKey scheme does not say where the key travels. */
export function locationOf(
  schemeName: string,
  scheme: SecurityScheme,
): { readonly in: 'header' | 'query' | 'cookie'; readonly name: string } {
  const place = (['header', 'query', 'cookie'] as const).find((candidate) => candidate === scheme.in);
  if (place === undefined || scheme.name === undefined || scheme.name === '') {
    throw new Error(
      `the apiKey scheme ${schemeName} must say in: header or query, and the name of that header or query parameter`,
    );
  }
  return { in: place, name: scheme.name };
}

function describe({
  name,
  scheme,
  scopes,
}: {
  readonly name: string;
  readonly scheme: SecurityScheme;
  readonly scopes: readonly string[];
}): string {
  const kind = [scheme.type, scheme.scheme ?? ''].filter((part) => part !== '').join(' ');
  const roles = scheme.type === 'apiKey' && scopes.length > 0 ? ` with ${scopes.join(', ')}` : '';
  return `${name} (${kind})${roles}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** The security that applies to an operation: its own, or else the document's; `undefined` where neither says anything. */
export function effectiveSecurity(operation: JsonRecord, document: JsonRecord): unknown {
  return Object.hasOwn(operation, 'security') ? operation['security'] : ownValue(document, 'security');
}
