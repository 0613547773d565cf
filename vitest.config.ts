import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/synthesize-once.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many of them wait: for streams, windows, instances.
    maxWorkers: 3,
  },
});
