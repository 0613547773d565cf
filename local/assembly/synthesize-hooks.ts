import { registerHooks } from 'node:module';

// Loaded before CDK apps that run in a checkout: what they import as the package `keybound` is the checkout's own source.

const ENTRIES: Readonly<Record<string, URL>> = {
  keybound: new URL('../../lib/index.ts', import.meta.url),
  'keybound/guard': new URL('../../lambdas/guard/guard.ts', import.meta.url),
  'keybound/local': new URL('../runner.ts', import.meta.url),
};

registerHooks({
  resolve: (specifier, context, next) => next(ENTRIES[specifier]?.href ?? specifier, context),
});
