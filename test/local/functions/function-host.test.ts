import { describe, expect, it } from 'vitest';
import { textLike } from '../any-text.ts';
import { NoSuchFunctionError } from '../../../local/functions/function-host.ts';
import { accessKeyIdOf } from '../../../local/iam/role-registry.ts';
import { FUNCTION_ARN, probe } from './function-fixture.ts';

const returned = (payload: unknown) => ({ outcome: 'returned', payload });

describe('a function in the runner', () => {
  it('gets the event and returns its result as JSON', async () => {
    const { invoke } = probe({
      files: {
        'index.mjs':
          'export const handler = async (event) => ({ ...event, at: new Date(0), no: undefined });',
      },
    });
    expect(await invoke({ a: 1 })).toEqual(returned({ a: 1, at: '1970-01-01T00:00:00.000Z' }));
  });

  it.each([
    ['an ES module', { 'index.mjs': 'export const handler = async () => "esm";' }, 'index.handler', 'esm'],
    ['CommonJS', { 'index.cjs': 'exports.handler = async () => "cjs";' }, 'index.handler', 'cjs'],
    ['CommonJS in a .js file', { 'index.js': 'exports.handler = async () => "js";' }, 'index.handler', 'js'],
    [
      'a module in a folder',
      { 'src/app.mjs': 'export const handler = async () => "folder";' },
      'src/app.handler',
      'folder',
    ],
    [
      'a nested export',
      { 'index.mjs': 'export const api = { run: async () => "nested" };' },
      'index.api.run',
      'nested',
    ],
  ])('can be %s', async (_what, files, handler, expected) => {
    const { invoke } = probe({ files, definition: { handler } });
    expect(await invoke()).toEqual(returned(expected));
  });

  it('can be inline source', async () => {
    const { invoke } = probe({
      files: {},
      definition: { code: { inlineSource: 'exports.handler = async () => "inline";' } },
    });
    expect(await invoke()).toEqual(returned('inline'));
  });

  it('returns null for undefined', async () => {
    const { invoke } = probe({ files: { 'index.mjs': 'export const handler = async () => {};' } });
    expect(await invoke()).toEqual(returned(null));
  });

  it('sees its own environment and nothing of the runner', async () => {
    process.env['RUNNER_SECRET'] = 'x';
    const { invoke } = probe({
      files: { 'index.mjs': 'export const handler = async () => process.env;' },
      definition: { environment: { TABLE: 'keys' } },
    });
    const result = await invoke();
    delete process.env['RUNNER_SECRET'];
    expect(result).toMatchObject(
      returned({
        TABLE: 'keys',
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'probe',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
        // Of the function's own role.
        AWS_ACCESS_KEY_ID: accessKeyIdOf('probe'),
      }),
    );
    expect(JSON.stringify(result)).not.toMatch(/RUNNER_SECRET|"HOME"|"PATH"/);
  });

  it('gets a context with its names, a request id and the time that is left', async () => {
    const { invoke } = probe({
      files: {
        'index.mjs': 'export const handler = async (_, c) => ({ ...c, left: c.getRemainingTimeInMillis() });',
      },
    });
    const result = await invoke();
    expect(result).toMatchObject(
      returned({
        functionName: 'probe',
        invokedFunctionArn: FUNCTION_ARN,
        memoryLimitInMB: '256',
        functionVersion: '$LATEST',
      }),
    );
    const left: unknown = Reflect.get(Object(Reflect.get(result, 'payload')), 'left');
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  it('loads its module once for an instance, not for every event', async () => {
    const { invoke } = probe({
      maxInstances: 1,
      files: { 'index.mjs': 'let calls = 0; export const handler = async () => ++calls;' },
    });
    await invoke();
    await invoke();
    expect(await invoke()).toEqual(returned(3));
  });

  it('runs one event at a time in an instance, in the order of their arrival', async () => {
    const { invoke } = probe({
      maxInstances: 1,
      files: {
        'index.mjs': `let running = 0; const seen = [];
export const handler = async ({ n }) => {
  running += 1; seen.push(n);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const together = running; running -= 1;
  return { together, seen: [...seen] };
};`,
      },
    });
    const results = await Promise.all([0, 1, 2, 3, 4].map((n) => invoke({ n })));
    expect(results.at(-1)).toEqual(returned({ together: 1, seen: [0, 1, 2, 3, 4] }));
    for (const result of results) expect(result).toMatchObject(returned({ together: 1 }));
  });

  it('gets further instances for events at the same time, up to the limit', async () => {
    // Each event waits until as many are running as there may be instances: with fewer it would never end.
    const { invoke } = probe({
      maxInstances: 3,
      files: {
        'index.mjs': `import { writeFileSync, readdirSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
const directory = process.env.LAMBDA_TASK_ROOT;
export const handler = async () => {
  writeFileSync(directory + '/running-' + threadId, '');
  const running = () => readdirSync(directory).filter((name) => name.startsWith('running-')).length;
  while (running() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  return running();
};`,
      },
    });
    const results = await Promise.all(Array.from({ length: 6 }, () => invoke()));
    expect(results).toEqual(Array.from({ length: 6 }, () => returned(3)));
  });

  it.each([
    ['an error', 'throw new TypeError("no such pizza")', 'TypeError', 'no such pizza'],
    ['a rejection', 'return Promise.reject(new Error("Unauthorized"))', 'Error', 'Unauthorized'],
    ['a text', 'throw "just text"', 'string', 'just text'],
    ['what JSON cannot say', 'return { n: 1n }', 'Error', 'Unable to stringify response body'],
  ])(
    'that fails with %s is reported with type and message, and takes further events',
    async (_what, body, errorType, errorMessage) => {
      const { invoke } = probe({
        maxInstances: 1,
        files: {
          'index.mjs': `let calls = 0; export const handler = async ({ ok }) => { calls += 1; if (ok) return calls; ${body}; };`,
        },
      });
      expect(await invoke()).toEqual({ outcome: 'threw', errorType, errorMessage });
      expect(await invoke({ ok: true })).toEqual(returned(2));
    },
  );

  it('that takes too long is ended, and a fresh instance takes the next event', async () => {
    const { invoke, lines } = probe({
      maxInstances: 1,
      definition: { timeoutSeconds: 0.2 },
      files: {
        'index.mjs': `let calls = 0; export const handler = async ({ hang }) => { calls += 1; while (hang); return calls; };`,
      },
    });
    expect(await invoke()).toEqual(returned(1));
    expect(await invoke({ hang: true })).toEqual({ outcome: 'timed-out' });
    expect(await invoke()).toEqual(returned(1));
    expect(lines.map(({ line }) => line)).toEqual([textLike(/Task timed out after 0\.20 seconds$/)]);
  });

  it('goes on after its caller has stopped waiting', async () => {
    const { invoke } = probe({
      maxInstances: 1,
      files: {
        'index.mjs': `let finished = 0; export const handler = async ({ slow }) => {
  if (slow) await new Promise((resolve) => setTimeout(resolve, 100));
  return ++finished;
};`,
      },
    });
    await invoke();
    expect(await invoke({ slow: true }, 1)).toEqual({ outcome: 'timed-out' });
    expect(await invoke()).toEqual(returned(3));
  });

  it.each([
    ['exits', 'process.exit(7)', 'Runtime.ExitError', /exit status 7/],
    [
      'leaves a rejection unhandled',
      'Promise.reject(new Error("lost")); await new Promise(() => {})',
      'Runtime.UnhandledPromiseRejection',
      /lost/,
    ],
    [
      'throws outside of its handler',
      'setTimeout(() => { throw new Error("late"); }); await new Promise(() => {})',
      'Error',
      /late/,
    ],
  ])(
    'that %s is reported, and a fresh instance takes the next event',
    async (_what, body, errorType, message) => {
      const { invoke } = probe({
        maxInstances: 1,
        files: {
          'index.mjs': `let calls = 0; export const handler = async ({ ok }) => { calls += 1; if (!ok) { ${body}; } return calls; };`,
        },
      });
      await invoke({ ok: true });
      const result = await invoke();
      expect(result).toMatchObject({ outcome: 'threw', errorType });
      expect(Reflect.get(result, 'errorMessage')).toMatch(message);
      expect(await invoke({ ok: true })).toEqual(returned(1));
    },
  );

  it.each([
    ['no module', {}, 'index.handler', 'Runtime.ImportModuleError', /Cannot find module/],
    [
      'no such export',
      { 'index.mjs': '' },
      'index.handler',
      'Runtime.HandlerNotFound',
      /index\.handler is undefined/,
    ],
    [
      'an export that is no function',
      { 'index.mjs': 'export const handler = 1;' },
      'index.handler',
      'Runtime.HandlerNotFound',
      /is not a function/,
    ],
    [
      'a module that throws',
      { 'index.mjs': 'throw new RangeError("no TABLE");' },
      'index.handler',
      'RangeError',
      /no TABLE/,
    ],
  ])('with %s answers every event with the reason', async (_what, files, handler, errorType, message) => {
    const { invoke } = probe({ files, definition: { handler } });
    for (const result of [await invoke(), await invoke()]) {
      expect(result).toMatchObject({ outcome: 'threw', errorType });
      expect(Reflect.get(result, 'errorMessage')).toMatch(message);
    }
  });

  it('cannot answer more than Lambda carries', async () => {
    const { invoke } = probe({
      files: { 'index.mjs': 'export const handler = async () => "x".repeat(6 * 1024 * 1024);' },
    });
    expect(await invoke()).toMatchObject({ outcome: 'threw', errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('that does not exist cannot be invoked', async () => {
    const { host } = probe({ files: {} });
    await expect(host.invoke('arn:aws:lambda:us-east-1:000000000000:function:nobody', {}, 1)).rejects.toThrow(
      NoSuchFunctionError,
    );
  });
});

describe('a function with reserved concurrency', () => {
  const held = `export const handler = (event) =>
  new Promise((resolve) => setTimeout(() => resolve('ran'), event.milliseconds));`;

  it('is throttled for who waits beyond it, and runs what is tried again later', async () => {
    const { host, invoke } = probe({ files: { 'index.mjs': held }, definition: { maxConcurrency: 1 } });
    const first = invoke({ milliseconds: 300 });
    expect(await invoke({ milliseconds: 0 })).toEqual({ outcome: 'throttled' });
    const later = host.invokeEvent(FUNCTION_ARN, { milliseconds: 0 });
    expect(await first).toEqual({ outcome: 'returned', payload: 'ran' });
    expect(await later).toEqual({ outcome: 'returned', payload: 'ran' });
    expect(await invoke({ milliseconds: 0 })).toEqual({ outcome: 'returned', payload: 'ran' });
  });

  it('is not throttled while it only waits for the machine, which has fewer instances', async () => {
    const { invoke } = probe({
      files: { 'index.mjs': held },
      definition: { maxConcurrency: 3 },
      maxInstances: 1,
    });
    const results = await Promise.all([10, 10, 10, 10].map((milliseconds) => invoke({ milliseconds })));
    expect(results.map(({ outcome }) => outcome)).toEqual(['returned', 'returned', 'returned', 'throttled']);
  });
});
