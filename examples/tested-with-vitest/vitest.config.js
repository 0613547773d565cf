// Starting an app takes some seconds, on a busy machine many.
export default { test: { testTimeout: 60_000, hookTimeout: 120_000 } };
