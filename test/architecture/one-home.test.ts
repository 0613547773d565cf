import { describe, expect, it } from 'vitest';
import { modules, within } from './project-modules.ts';

describe('the environment, the clock and the keys', () => {
  it('let only entry points read the environment', () => {
    const readers = modules
      .filter(
        ({ globals, imports }) =>
          globals.has('process.env') ||
          globals.has('process') ||
          imports.some(({ target }) => target === 'node:process'),
      )
      .map(({ path }) => path);
    const entryPoints =
      /^(?:bin\/.*|cli\/main|(?:lambdas\/functions|examples\/samples)\/[^/]+\/handler|local\/(?:start|dev)|local\/assembly\/synthesize|scripts\/(?:[^/]+|template\/synthesize-apps))\.ts$/;
    expect(readers).toContain('lambdas/functions/authorizer/handler.ts');
    expect(readers.filter((path) => !entryPoints.test(path))).toEqual([]);
  });

  it('give the clock of the lambdas one home', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('Date.now') || globals.has('Date'));
    expect(readers.map(({ path }) => path)).toEqual(['lambdas/platform/clock.ts']);
  });

  it('let lambdas take the present as a date for the time stamp of a log line only', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('new Date()'));
    expect(readers.map(({ path }) => path).filter((path) => path !== 'lambdas/platform/log.ts')).toEqual([]);
  });

  it('spell the keys of the table in one file', () => {
    const prefix =
      /^(?:API|APP|APPKEY|APPNAME|AUDIT|BATCH|CALLS|COUNTER|CREDENTIAL|IDEMPOTENCY|KEY|LINK|OWNER|POLICY|REFUSAL|SUBSCRIPTION)#/;
    const spelling = modules.filter(({ texts }) => texts.some((text) => prefix.test(text)));
    expect(spelling.map(({ path }) => path)).toEqual(['lambdas/platform/dynamodb/keys.ts']);
  });
});
