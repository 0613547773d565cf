import { describe, expect, it } from 'vitest';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../../lambdas/core/apis/managed-api.ts';
import { documentTags } from '../../lib/open-api/document-tags.ts';

const tagsOf = (tags: unknown) => documentTags(JSON.stringify({ openapi: '3.0.3', tags }));

describe('the tags of an OpenAPI document', () => {
  it('are the names that it declares for all of it, each once', () => {
    expect(
      tagsOf([{ name: 'pizza' }, { name: ' menu ', description: 'What there is' }, { name: 'pizza' }]),
    ).toEqual(['pizza', 'menu']);
  });

  it.each([[undefined], [[]], ['pizza'], [[{ description: 'no name' }]], [[{ name: ' ' }]]])(
    'are none for %j',
    (tags) => {
      expect(tagsOf(tags)).toBeUndefined();
    },
  );

  it('are no longer, and no more, than an API can have', () => {
    const long = 'x'.repeat(MAX_TAG_LENGTH + 1);
    const many = Array.from({ length: MAX_TAGS + 1 }, (_, at) => ({ name: `tag ${at}` }));
    expect(tagsOf([{ name: long }, ...many])).toEqual(many.slice(0, MAX_TAGS).map(({ name }) => name));
  });
});
