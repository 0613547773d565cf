import { dirname, resolve } from 'node:path';
import type { Construct } from 'constructs';
import type { BundledCode } from '../internal/core/bundle.ts';
import { BundledFunction } from '../internal/core/bundled-function.ts';
import { guardEntry } from '../internal/core/core-function.ts';
import type { GuardedFunctionProps } from './guarded-function-props.ts';

/**
 * A backend whose bundle has Keybound's guard around the export `handler` of `entry`: what the guard does not let
 * through never reaches it, and nothing else of `entry` is exported, so that no setting of the function can lead past
 * the guard. APIs with detailed refusals accept only these; behind any other `ProtectedHttpApi` it works as well.
 *
 * Needs esbuild in your app: `npm install --save-dev esbuild`.
 * @example
 * const backend = new GuardedFunction(this, 'Backend', { entry: 'backends/orders.ts' });
 * table.grantReadData(backend);
 */
export class GuardedFunction extends BundledFunction {
  /** Path of the file whose handler the guard calls. */
  readonly guardedEntry: string;

  /** @throws Error that names each property that is missing, unknown or wrong, and what the entry lacks. */
  constructor(scope: Construct, id: string, props: GuardedFunctionProps) {
    // Another function than the same one without the guard, not its next code: which of them is called changes together
    // with the stage's style of refusals, so that no deployment lets refused calls pass to the code without the guard.
    super(scope, id, props, (entry) => guarded(resolve(entry)), 'Guarded');
    this.guardedEntry = resolve(props.entry);
  }
}

/** A module that exports the guarded handler, and nothing else. */
function guarded(entry: string): BundledCode {
  return {
    stdin: {
      contents: `import { guard } from ${JSON.stringify(guardEntry())};
import { handler as backend } from ${JSON.stringify(entry)};
export const handler = guard(backend);
`,
      resolveDir: dirname(entry),
      sourcefile: 'guarded.ts',
      loader: 'ts',
    },
  };
}
