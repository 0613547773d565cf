import { describe, expect, it } from 'vitest';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { describeError, lineOf } from '../../../lambdas/platform/log.ts';

describe('a line of the log', () => {
  it('is one line, whatever is in it, and nothing that a terminal obeys', () => {
    const line = lineOf({ type: 'x', text: 'a\n{"type":"forged"}\u2028\u001b[31m\u009b\u202e\u007f' });
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line)).toMatchObject({
      text: 'a\n{"type":"forged"}\u2028\u001b[31m\u009b\u202e\u007f',
    });
  });

  it('holds no key that an error of a library quotes', () => {
    const value = createKeyValue('kb', 'PRODUCTION');
    const error = new Error(`Unexpected token in ${value}`, { cause: new Error(value) });
    expect(lineOf(describeError(error))).not.toContain(value.slice(8, 51));
    expect(lineOf(describeError(error))).toContain('Unexpected token in [key]');
  });
});
