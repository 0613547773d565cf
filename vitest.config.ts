import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The samples import the constructs as any app does.
  resolve: { alias: { keybound: resolve(import.meta.dirname, 'lib/index.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/synthesize-once.ts'],
    // Far above what any test needs: they end tests that hang, also on a machine that does much else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many of them wait: for streams, windows, instances.
    maxWorkers: 3,
  },
});
