import { z } from 'zod';
import type { OpenApiDocument } from '../open-api/open-api-document.ts';

/** Where the key of an API travels: a header, a query parameter, or either. The header is looked at first. */
export type KeyPlace = Readonly<z.infer<typeof KeyPlace>>;
export const KeyPlace = z.strictObject({
  /** Without regard to case. */
  header: z.string().optional(),
  /** With regard to case. */
  queryParameter: z.string().optional(),
});

const DEFAULT_KEY_HEADER = 'apikey';

/** As `key` says, else as the document does, else in the header `apikey`. */
export function keyPlaceOf(
  key: KeyPlace | undefined,
  { keyHeaders: [header], keyQueryParameters: [queryParameter] }: OpenApiDocument,
): KeyPlace {
  if (key !== undefined) return key;
  if (header === undefined && queryParameter === undefined) return { header: DEFAULT_KEY_HEADER };
  return {
    ...(header !== undefined && { header }),
    ...(queryParameter !== undefined && { queryParameter }),
  };
}
