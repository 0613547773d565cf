import type { HttpResponse } from '../receive/http-message.ts';
import type { CompiledMapping } from '../integrate/parameter-mapping.ts';
import { mapHeaders, render } from '../integrate/parameter-mapping.ts';
import { wireHeaderValue } from '../receive/header-rules.ts';
import type { SelectionFacts } from '../route/select-value.ts';

/**
 * Applies the response parameters of the status that the integration answered. A mapped status code that is no number
 * changes nothing; one that is no final HTTP status makes the answer undefined: the gateway then answers 500.
 */
export function mapResponse(
  response: HttpResponse,
  mapping: CompiledMapping | undefined,
  facts: SelectionFacts,
): HttpResponse | undefined {
  if (mapping === undefined) return response;
  const withResponse = { ...facts, responseHeaders: response.headers };
  const headers = mapHeaders(response.headers, mapping.headers, withResponse).map(
    ([name, value]) => [name, wireHeaderValue(value)] as const,
  );
  const text = mapping.statusCode === undefined ? undefined : render(mapping.statusCode, withResponse);
  if (text === undefined || !/^\d+$/.test(text)) return { ...response, headers };
  return /^[2-5]\d\d$/.test(text) ? { ...response, status: Number(text), headers } : undefined;
}
