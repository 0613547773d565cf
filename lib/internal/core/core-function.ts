import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The functions of the core: folders below `lambdas/functions/`, each with a `handler.ts`. */
export const CORE_FUNCTIONS = [
  'admin',
  'authorizer',
  'changes',
  'holder',
  'portal',
  'publisher',
  'registrar',
  'resets',
  'usage',
] as const;

export type CoreFunction = (typeof CORE_FUNCTIONS)[number];

/**
 * Path of the module whose export `handler` is a function of the core: in the installed package a bundle that was made
 * when the package was built, in a checkout the TypeScript source.
 */
export function coreFunctionEntry(name: CoreFunction): string {
  return besidePackage(
    join('functions', name, 'index.mjs'),
    join('lambdas', 'functions', name, 'handler.ts'),
  );
}

/** Whether a module was bundled when the package was built, so that it is deployed as it is. */
export function isCoreBundle(entry: string): boolean {
  return entry.startsWith(join(import.meta.dirname, 'functions')) && entry.endsWith('.mjs');
}

/** Path of the guard that bundles of backends import. */
export function guardEntry(): string {
  return besidePackage(join('guard', 'index.mjs'), join('lambdas', 'guard', 'guard.ts'));
}

/** `built`: below the package's `dist`; `source`: below the checkout. */
function besidePackage(built: string, source: string): string {
  const inPackage = join(import.meta.dirname, built);
  return existsSync(inPackage) ? inPackage : join(import.meta.dirname, '../../..', source);
}
