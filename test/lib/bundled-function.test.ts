import { globSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { bundledProps } from './bundled-props.ts';
import { FUNCTIONS } from './core-stack.ts';
import { outputDirectory } from './quick-app.ts';

describe('a bundle', () => {
  const Bundle = z.object({ handler: z.unknown() });
  const project = fileURLToPath(new URL('../../', import.meta.url));
  const entries = globSync('{lambdas/functions,examples/samples}/*/handler.ts', { cwd: project }).toSorted();

  it('is there for every function', () => {
    expect(entries).toEqual(
      expect.arrayContaining([
        'lambdas/functions/authorizer/handler.ts',
        'examples/samples/petstore/handler.ts',
      ]),
    );
    expect(entries).toHaveLength(FUNCTIONS.length + 2);
  });

  it.each(entries)(
    'of %s is one minified ES module with everything inside but what Node.js has',
    async (entry) => {
      const outdir = outputDirectory();
      const stack = new Stack(new App({ outdir, builtinCloudFormationValidation: false }), 'Bundles');
      new BundledFunction(stack, 'Function', bundledProps(join(project, entry)));
      const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
      expect(assets).toHaveLength(1);
      const directory = join(outdir, assets[0] ?? '');
      expect(readdirSync(directory)).toEqual(['index.mjs']);

      const file = join(directory, 'index.mjs');
      const text = readFileSync(file, 'utf8');
      const imported = [...text.matchAll(/\bimport\b[^"'`;()]*\bfrom\s?"([^"]+)"/g)].map(
        ([, name = '']) => name,
      );
      expect(imported).toContain('node:module');
      expect(imported.filter((name) => !isBuiltin(name))).toEqual([]);
      expect(text.length / text.split('\n').length).toBeGreaterThan(200);
      // What esbuild leaves where CommonJS requires something: an ES module cannot, and fails when it is called.
      expect(text).not.toContain('Dynamic require of');

      const names = ['TABLE_NAME', 'ORDERS_TABLE', 'EVENT_BUS_NAME', 'AUTHORIZER_LOG_GROUP'];
      for (const name of names) vi.stubEnv(name, 'name');
      vi.stubEnv('CORE_STACK_ID', 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Keybound-prod/1');
      vi.stubEnv('IMPORTED_VALUES', 'refused');
      vi.stubEnv('KEY_VALUE_PREFIX', 'kb');
      vi.stubEnv('ROLES_CLAIM', 'roles');
      vi.stubEnv('OWNER_LIMITS', '1000,200,8192');
      vi.stubEnv('AWS_REGION', 'eu-west-1');
      const bundle: unknown = await import(pathToFileURL(file).href);
      vi.unstubAllEnvs();
      expect(typeof Bundle.parse(bundle).handler).toBe('function');
    },
  );
});
