import { createHash } from 'node:crypto';
import type { Statement } from './policy-document.ts';

/** Who makes a call: a function in its role. */
export interface Principal {
  readonly functionName: string;
  readonly roleName: string;
  readonly statements: readonly Statement[];
}

/** The roles of a deployment, what their policies say, and which function has which. */
export interface RoleRegistry {
  /** Adds to what a role may do; a role is there from the first time on. */
  addStatements(roleName: string, statements: readonly Statement[]): void;
  /** A policy that roles can name; `arn`: its own. */
  addManagedPolicy(arn: string, statements: readonly Statement[]): void;
  managedPolicy(arn: string): readonly Statement[] | undefined;
  /** Lets a function act in a role. */
  assign(functionName: string, roleName: string): void;
  /** The principal of the function that calls with this access key. */
  principal(accessKeyId: string): Principal | undefined;
}

/** Policies of AWS that let a function write its log and nothing that a runner could refuse. */
const AWS_MANAGED = new Set(
  ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'].map(
    (name) => `arn:aws:iam::aws:policy/service-role/${name}`,
  ),
);

export function createRoleRegistry(): RoleRegistry {
  const roles = new Map<string, Statement[]>();
  const managed = new Map<string, readonly Statement[]>();
  const functions = new Map<string, { readonly functionName: string; readonly roleName: string }>();
  return {
    addStatements(roleName, statements) {
      roles.set(roleName, [...(roles.get(roleName) ?? []), ...statements]);
    },
    addManagedPolicy(arn, statements) {
      managed.set(arn, statements);
    },
    managedPolicy: (arn) => managed.get(arn) ?? (AWS_MANAGED.has(arn) ? [] : undefined),
    assign(functionName, roleName) {
      functions.set(accessKeyIdOf(functionName), { functionName, roleName });
    },
    principal(accessKeyId) {
      const found = functions.get(accessKeyId);
      return found === undefined ? undefined : { ...found, statements: roles.get(found.roleName) ?? [] };
    },
  };
}

/** The access key that a function gets, as STS makes them: 20 characters that begin with ASIA. */
export function accessKeyIdOf(functionName: string): string {
  const digest = createHash('sha256').update(functionName).digest('hex').toUpperCase();
  return `ASIA${digest.slice(0, 16)}`;
}
