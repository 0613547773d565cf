import { LOCAL_ACCOUNT } from '../assembly/physical-names.ts';
import { evaluate, type AuthorizationRequest } from './evaluate.ts';
import type { RoleRegistry } from './role-registry.ts';

/** A call that IAM refuses. */
export interface Denial {
  readonly functionName: string;
  readonly action: string;
  readonly resource: string;
  /** How the partition keys begin, for a table: `AUDIT#`. */
  readonly partitions: readonly string[];
  /** As AWS words it. */
  readonly message: string;
}

/** Decides about calls of functions by the policies of their roles. */
export interface IamGuard {
  /** @returns what is refused; undefined when all is allowed, and for a key of nobody, `unknown`. */
  readonly refuse: (
    accessKeyId: string | undefined,
    requests: readonly AuthorizationRequest[],
  ) => Denial | 'unknown' | undefined;
  /** Everything that was refused so far, one line each: function, action, and partitions or resource. */
  readonly denials: () => readonly string[];
}

export function createIamGuard(
  roles: Pick<RoleRegistry, 'principal'>,
  report: (text: string) => void,
): IamGuard {
  const denied = new Set<string>();
  return {
    refuse(accessKeyId, requests) {
      const principal = accessKeyId === undefined ? undefined : roles.principal(accessKeyId);
      if (principal === undefined) return 'unknown';
      for (const request of requests) {
        const verdict = evaluate(principal.statements, request);
        if (verdict === 'allowed') continue;
        const { functionName, roleName } = principal;
        const { action, resource, context } = request;
        const partitions = prefixesOf(context['dynamodb:LeadingKeys'] ?? []);
        const because =
          verdict === 'denied'
            ? 'with an explicit deny in an identity-based policy'
            : `because no identity-based policy allows the ${action} action`;
        const line = `${functionName} may not ${action} on ${partitions.join(', ') || resource}`;
        if (!denied.has(line)) report(line);
        denied.add(line);
        return {
          functionName,
          action,
          resource,
          partitions,
          message: `User: arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${roleName}/${functionName} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
        };
      }
      return undefined;
    },
    denials: () => [...denied],
  };
}

/** The prefix that partition keys share with their kind; the rest can name an owner or a digest. */
function prefixesOf(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => /^[^#]*#?/.exec(key)?.[0] ?? key))];
}

/** The access key of a signed request: `AWS4-HMAC-SHA256 Credential=KEY/…`. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return /\bCredential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
}
