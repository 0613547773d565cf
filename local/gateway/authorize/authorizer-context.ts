import type { JsonObject } from '../json-value.ts';

/** An authorizer's context for the integration and the access log of an allowed request. */
export type AuthorizerContext =
  | { readonly kind: 'none' }
  | { readonly kind: 'lambda'; readonly context: JsonObject | null; readonly principalId?: string }
  | {
      readonly kind: 'jwt';
      /** Every claim as a string, arrays as `[a b]`. */
      readonly claims: Readonly<Record<string, string>>;
      /** Null when the route asks for no scope. */
      readonly scopes: readonly string[] | null;
    };

export const NO_AUTHORIZER: AuthorizerContext = { kind: 'none' };

/**
 * `$context.authorizer.<property>`: strings, numbers and booleans of a Lambda authorizer's context, its `principalId`,
 * and `claims.<name>` of a token. Undefined for anything else, maps and lists included.
 */
export function authorizerProperty(context: AuthorizerContext, property: string): string | undefined {
  if (context.kind === 'jwt') {
    const claim = /^claims\.(?<name>.+)$/.exec(property)?.groups?.['name'];
    return claim !== undefined && Object.hasOwn(context.claims, claim) ? context.claims[claim] : undefined;
  }
  if (context.kind === 'none') return undefined;
  if (property === 'principalId' && context.principalId !== undefined) return context.principalId;
  if (context.context === null || !Object.hasOwn(context.context, property)) return undefined;
  const value = context.context[property];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
