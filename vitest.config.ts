import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ownTemporaryFolder } from './test/support/own-temporary-folder.ts';
import { projectFiles, TEST_PROJECTS, type TestFiles } from './test/test-projects.ts';

/** The settings of each project: what runs once before its first test, or before each of its files. */
const SETUP: Readonly<Record<TestFiles['name'], object>> = {
  // They share the modules that they load: to load them again for each file took half of the time.
  pure: { setupFiles: ['test/support/start-nothing.ts'], isolate: false },
  table: { globalSetup: ['test/support/declare-table-once.ts'] },
  stacks: {},
  journeys: {
    globalSetup: ['test/support/synthesize-once.ts'],
    // Apps that journeys run are not held against CloudFormation's schemas, which would take most of their synthesis:
    // the tests of stacks hold the whole app against them.
    env: { CDK_VALIDATION: 'false' },
  },
};

export default defineConfig({
  plugins: [ownTemporaryFolder()],
  // The samples import the constructs as any app does.
  resolve: { alias: { keybound: resolve(import.meta.dirname, 'lib/index.ts') } },
  test: {
    // Far above what any test needs: they end tests that hang, also on a machine that does much else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many of them wait: for streams, windows, instances.
    maxWorkers: 3,
    projects: TEST_PROJECTS.map((project) => ({
      extends: true,
      test: { name: project.name, ...projectFiles(project), ...SETUP[project.name] },
    })),
  },
});
