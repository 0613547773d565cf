import { z } from 'zod';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../../lambdas/core/apis/managed-api.ts';

const Tagged = z.object({ tags: z.array(z.object({ name: z.string() })) });

/**
 * The names of the tags that an OpenAPI document declares for all of it, each once, by which developers find the API.
 * Those that are longer than a tag can be, and those beyond the most that an API can have, are left out.
 * @param json the document. @returns `undefined` for none.
 */
export function documentTags(json: string): readonly string[] | undefined {
  const { data } = Tagged.safeParse(JSON.parse(json));
  const names = new Set(
    (data?.tags ?? [])
      .map(({ name }) => name.trim())
      .filter((name) => name !== '' && name.length <= MAX_TAG_LENGTH),
  );
  return names.size === 0 ? undefined : [...names].slice(0, MAX_TAGS);
}
