import { dirname, resolve } from 'node:path';
import type { Construct } from 'constructs';
import type { BuildOptions } from 'esbuild';
import { guardEntry } from '../internal/core/core-function.ts';
import { BundledFunction, type BundledFunctionProps } from '../internal/core/bundled-function.ts';

/**
 * A backend whose bundle has Keybound's guard around the export `handler` of `entry`: what the guard does not let
 * through never reaches it, and nothing else of `entry` is exported, so that no setting of the function can lead past
 * the guard. APIs with detailed refusals accept only these; behind any other `ProtectedHttpApi` it works as well.
 */
export class GuardedFunction extends BundledFunction {
  /** Path of the file whose handler the guard calls. */
  readonly guardedEntry: string;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    // Another function than the same one without the guard, not its next code: which of them is called changes together
    // with the stage's style of refusals, so that no deployment lets refused calls pass to the code without the guard.
    super(scope, id, props, (entry) => guarded(resolve(entry)), 'Guarded');
    this.guardedEntry = resolve(props.entry);
  }
}

/** A module that exports the guarded handler, and nothing else. */
function guarded(entry: string): Pick<BuildOptions, 'stdin'> {
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
