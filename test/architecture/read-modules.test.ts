import { describe, expect, it } from 'vitest';
import { findCycles } from './find-cycles.ts';
import { parseModule, type SourceModule } from './read-modules.ts';

describe('the reader of modules', () => {
  const module = parseModule(
    'lambdas/core/example.ts',
    `
      import { a } from '../platform/a.ts';
      import type { B } from './b.ts';
      import { type C } from '@scope/package/deep/c';
      import './effect.ts';
      export { d } from './d.ts';
      export type { E } from './e.ts';
      const f = await import('zod');
      const g = require('node:fs');
      type H = import('./h.ts').H;
      // import x from './comment.ts'; process.env.COMMENT
      const text = "import y from './text.ts'";
      const pk = \`OWNER#\${text}\`;
      const { env } = process;
      export const now = () => [Date.now(), new Date(), new Date(0), other.process.env, { process: 1 }];
      export const later = (date: Date) => new Date(date);
    `,
  );

  it('sees every way to import, and tells types from values', () => {
    expect(module.imports).toEqual([
      { target: 'lambdas/platform/a.ts', erased: false },
      { target: 'lambdas/core/b.ts', erased: true },
      { target: '@scope/package', erased: false },
      { target: 'lambdas/core/effect.ts', erased: false },
      { target: 'lambdas/core/d.ts', erased: false },
      { target: 'lambdas/core/e.ts', erased: true },
      { target: 'zod', erased: false },
      { target: 'node:fs', erased: false },
      { target: 'lambdas/core/h.ts', erased: true },
    ]);
  });

  it('sees uses of globals and beginnings of texts, and nothing in comments', () => {
    expect([...module.globals].toSorted()).toEqual(['Date.now', 'new Date()', 'process']);
    expect(module.texts).toContain('OWNER#');
    expect(module.texts.join()).not.toContain('COMMENT');
    expect(parseModule('a.ts', 'f(process.env["A"]); g(Date)').globals).toEqual(
      new Set(['process.env', 'Date']),
    );
  });

  it('finds a cycle of any length, and none where modules only share what they import', () => {
    const at = (path: string, ...targets: string[]): SourceModule => ({
      path,
      imports: targets.map((target) => ({ target, erased: false })),
      texts: [],
      globals: new Set(),
    });
    expect(findCycles([at('a', 'b', 'c'), at('b', 'c'), at('c', 'zod')])).toEqual([]);
    expect(findCycles([at('a', 'b'), at('b', 'c'), at('c', 'b')])).toEqual(['b -> c -> b']);
  });
});
