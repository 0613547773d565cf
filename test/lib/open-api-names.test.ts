import { describe, expect, it } from 'vitest';
import { documentOf } from './shop-api.ts';

describe('the title and version of an OpenAPI document', () => {
  it.each([
    ['info.title', '{"title":"Shop\\u001b]0;owned\\u0007","version":"1"}'],
    ['info.title', '{"title":"gnp.\\u202eexe","version":"1"}'],
    ['info.version', '{"title":"Shop","version":"9\\u009b2J"}'],
    ['info.version', '{"title":"Shop","version":"1\\u2028"}'],
  ])('are refused with what a terminal or a page would obey: %s in %s', (field, info) => {
    const text = `{"openapi":"3.0.0","info":${info},"paths":{"/items":{"get":{}}}}`;
    expect(() => documentOf(text)).toThrow(
      `${field}: must be one line without control or invisible characters`,
    );
  });
});
