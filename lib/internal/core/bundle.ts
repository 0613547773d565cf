import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code, type AssetCode } from 'aws-cdk-lib/aws-lambda';
import type * as Esbuild from 'esbuild';
import type { GuardedFunctionBundling } from '../../constructs/guarded-function-props.ts';

/** The settings of every bundle; the benchmarks build theirs the same way. */
export const BUNDLE_SETTINGS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK is bundled, too: that of the runtime is loaded file by file, and changes without notice.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  // CommonJS inside asks for modules of Node.js with `require`, which a module of ECMAScript does not have.
  banner: {
    js: 'import{createRequire as keyboundCreateRequire}from"node:module";var require=keyboundCreateRequire(import.meta.url);',
  },
  // Nor does it have these, by which CommonJS finds files beside itself.
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
} as const satisfies Esbuild.BuildOptions;

/** The code to bundle: a file, or a text that imports some. */
export type BundledCode =
  | { readonly entryPoints: readonly [string] }
  | {
      readonly stdin: {
        readonly contents: string;
        readonly resolveDir: string;
        readonly sourcefile: string;
        readonly loader: 'ts';
      };
    };

/**
 * Bundles `code` with esbuild, in this process: no Docker, and no package manager started for each function. `entry`: the
 * file that it is about, for its place. `target`: the runtime, such as `node24`.
 */
export function bundle(
  entry: string,
  code: BundledCode,
  {
    bundling = {},
    target = BUNDLE_SETTINGS.target,
  }: { readonly bundling?: GuardedFunctionBundling; readonly target?: string },
): AssetCode {
  return Code.fromAsset(dirname(entry), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'),
      // Never run. CDK takes two bundles of one folder for the same when all but their functions is equal: without
      // this, one of two entries that lie side by side would get the other's code.
      command: [JSON.stringify([code, bundling, target])],
      local: {
        tryBundle: (outputDirectory) => {
          esbuild().buildSync({
            ...buildOptions(bundling),
            ...('stdin' in code ? { stdin: code.stdin } : { entryPoints: [...code.entryPoints] }),
            target,
            outfile: join(outputDirectory, 'index.mjs'),
          });
          return true;
        },
      },
    },
  });
}

function buildOptions(bundling: GuardedFunctionBundling): Esbuild.BuildOptions {
  const { banner = '', define, externalModules = [], footer, loader, minify, sourceMap, ...same } = bundling;
  return {
    ...BUNDLE_SETTINGS,
    ...same,
    minify: minify ?? true,
    sourcemap: sourceMap ?? false,
    external: [...externalModules],
    banner: { js: `${BUNDLE_SETTINGS.banner.js}${banner}` },
    define: { ...BUNDLE_SETTINGS.define, ...define },
    ...(footer !== undefined && { footer: { js: footer } }),
    ...(loader !== undefined && { loader }),
  };
}

/** Loaded only to bundle something: an app whose backends are not bundled here does not need esbuild. */
function esbuild(): typeof Esbuild {
  let loaded: unknown;
  try {
    loaded = createRequire(import.meta.url)('esbuild');
  } catch (error) {
    throw new Error('esbuild is not installed. It bundles your backend: npm install --save-dev esbuild', {
      cause: error,
    });
  }
  if (isEsbuild(loaded)) return loaded;
  throw new Error('the package esbuild that is installed cannot bundle: it has no buildSync');
}

function isEsbuild(loaded: unknown): loaded is typeof Esbuild {
  return typeof Reflect.get(Object(loaded), 'buildSync') === 'function';
}
