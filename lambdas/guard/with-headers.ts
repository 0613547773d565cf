/**
 * Adds headers to a handler's answer. A header that the handler sets itself stays as it is. An answer without
 * `statusCode` is spelt out as API Gateway reads it under payload 2.0: a 200 with the answer as JSON, or the text that
 * it is. What API Gateway would not understand is passed on untouched.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function withHeaders(result: unknown, headers: Readonly<Record<string, string>>): unknown {
  if (Object.keys(headers).length === 0) return result;
  const answer = asSent(result);
  if (!isRecord(answer) || Array.isArray(answer) || answer['statusCode'] === undefined) {
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof answer === 'string' ? answer : (toJson(answer) ?? 'null'),
    };
  }
  const own = answer['headers'] ?? {};
  if (!isRecord(own) || Array.isArray(own)) return result;
  const set = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const added = Object.entries(headers).filter(([name]) => !set.has(name));
  return { ...answer, headers: { ...own, ...Object.fromEntries(added) } };
}

/** Applies `toJSON`, if the answer has one, as the runtime does before it sends it. */
function asSent(result: unknown): unknown {
  if (!isRecord(result) || typeof result['toJSON'] !== 'function') return result;
  const sent: unknown = JSON.parse(toJson(result) ?? 'null');
  return sent;
}

/** JSON knows no text for `undefined` and functions. */
const toJson: (value: unknown) => string | undefined = JSON.stringify;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
