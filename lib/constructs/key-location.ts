import { z } from 'zod';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import type { OpenApiDocument } from '../open-api/open-api-document.ts';

/**
 * Where the key of an API travels: in a header, in a query parameter, or in either. With both, the authorizer looks at
 * the header first.
 * @example { header: 'apikey' }
 * @example { header: 'X-Shop-Key', queryParameter: 'shopKey' }
 */
export interface KeyLocation {
  /**
   * Name of the header: letters, digits, `-` and `_`; case does not matter.
   * @default none
   */
  readonly header?: string;
  /**
   * Name of the query parameter: letters, digits, `-` and `_`; case matters.
   * @default none
   */
  readonly queryParameter?: string;
}
export const KeyLocation = z.strictObject({
  header: z.string().optional(),
  queryParameter: z.string().optional(),
} satisfies ChecksOf<KeyLocation>);

const DEFAULT_KEY_HEADER = 'apikey';

/** As `key` says, else as the document does, else in the header `apikey`. */
export function keyLocationOf(
  key: KeyLocation | undefined,
  {
    keyHeaders: [header],
    keyQueryParameters: [queryParameter],
  }: Pick<OpenApiDocument, 'keyHeaders' | 'keyQueryParameters'>,
): KeyLocation {
  if (key !== undefined) return key;
  if (header === undefined && queryParameter === undefined) return { header: DEFAULT_KEY_HEADER };
  return {
    ...(header !== undefined && { header }),
    ...(queryParameter !== undefined && { queryParameter }),
  };
}
