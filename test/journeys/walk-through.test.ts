import { expect, it } from 'vitest';
import { createNarrator } from '../../local/demo/narrator.ts';
import { walkThrough } from '../../local/demo/walk-through.ts';
import { isWellFormedKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { runKeybound } from '../support/run-keybound.ts';

it('walks through the whole life of API keys as the demo shows it, and never prints a key', async () => {
  const keybound = await runKeybound();
  const printed: string[] = [];
  const narrator = createNarrator(keybound.runner, (line) => void printed.push(line));
  try {
    await walkThrough(narrator, keybound.runner);
    expect(narrator.failures()).toEqual([]);
    const words = printed.join('\n').split(/[^0-9A-Za-z_]+/);
    expect(words.filter((word) => word.startsWith('kb_prod_')).length).toBeGreaterThan(5);
    expect(words.filter(isWellFormedKeyValue)).toEqual([]);
  } finally {
    narrator.close();
    await keybound.close();
  }
});
