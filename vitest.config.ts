import { defineConfig } from 'vitest/config';

export default defineConfig({
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
