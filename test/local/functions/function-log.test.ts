import { describe, expect, it } from 'vitest';
import { ANY_TEXT, textLike } from '../any-text.ts';
import { probe } from './function-fixture.ts';

describe('the log of a function in the runner', () => {
  const code = `export const handler = async () => {
  console.log('hello %s', 'world');
  console.debug('hidden');
  console.error({ a: 1 });
  console.warn('failed', new TypeError('oops'));
  process.stdout.write('raw one\\nraw two\\n');
};`;

  it('has time, request id and level on console lines in text format, and raw lines as they are', async () => {
    const { invoke, lines } = probe({ files: { 'index.mjs': code } });
    await invoke();
    const [hello, hidden, object, warning, ...raw] = lines.map(({ line }) => line);
    expect(hello).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t[\da-f-]{36}\tINFO\thello world$/);
    expect(hidden).toMatch(/\tDEBUG\thidden$/);
    expect(object).toMatch(/\tERROR\t\{ a: 1 \}$/);
    expect(warning).toMatch(/\tWARN\tfailed TypeError: oops\r/);
    expect(raw).toEqual(['raw one', 'raw two']);
    expect(lines[0]).toMatchObject({ functionName: 'probe', logGroupName: '/aws/lambda/probe' });
    expect(lines[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][\da-f]{32}$/);
  });

  it('is JSON with the level filtered in JSON format', async () => {
    const { invoke, lines } = probe({ files: { 'index.mjs': code }, definition: { logFormat: 'JSON' } });
    await invoke();
    const records: unknown[] = lines.slice(0, 3).map(({ line }): unknown => JSON.parse(line));
    expect(records).toMatchObject([
      { level: 'INFO', message: 'hello world', requestId: ANY_TEXT, timestamp: ANY_TEXT },
      { level: 'ERROR', message: { a: 1 } },
      {
        level: 'WARN',
        errorType: 'TypeError',
        errorMessage: 'oops',
        message: textLike(/^failed TypeError: oops/),
      },
    ]);
    expect(lines.slice(3).map(({ line }) => line)).toEqual(['raw one', 'raw two']);
  });

  it('tells of a failed event', async () => {
    const { invoke, lines } = probe({
      files: { 'index.mjs': 'export const handler = async () => { throw new Error("no oven"); };' },
    });
    await invoke();
    expect(lines.map(({ line }) => line)).toEqual([
      textLike(/\tERROR\tInvoke Error \t\{"errorType":"Error","errorMessage":"no oven"/),
    ]);
  });
});
