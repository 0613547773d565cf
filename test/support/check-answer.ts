import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parseCsv } from '../../cli/parsing/csv.ts';
import { FAULTS } from '../../lambdas/core/http/fault.ts';
import { faultsOf, openApiDocument, type ApiDescription } from '../../lambdas/platform/http/open-api.ts';
import { noResponseBody, type Route } from '../../lambdas/platform/http/route.ts';

/** What is checked of a request and the answer that it got. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Parsed. */
  readonly sent: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: unknown;
}

/**
 * Compares exchanges with what an API declares: with the schemas of its routes, and with its OpenAPI document in
 * the eyes of a JSON Schema validator that knows nothing of zod.
 * @returns a function that tells what an exchange does otherwise.
 */
export function answerChecker(
  api: ApiDescription,
  routes: readonly Route[],
): (exchange: Exchange) => readonly string[] {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    // Beside its format each time has a pattern.
    formats: { 'date-time': true },
    schemas: { document: openApiDocument(api, routes) },
  });
  const compiled = new Map<string, ValidateFunction>();
  const violations = (pointer: readonly string[], value: unknown): readonly string[] => {
    const reference = `document#/${pointer.map(escape).join('/')}`;
    const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, validate);
    return validate(value) ? [] : [`${reference}: ${ajv.errorsText(validate.errors)}`];
  };

  return (exchange) => {
    const { method, path, status } = exchange;
    const route = routes.find((candidate) => candidate.method === method && matches(candidate.path, path));
    if (route === undefined) return status >= 400 ? [] : [`no route answers ${method} ${path}`];
    const operation = ['paths', route.path.slice(api.base.length), method.toLowerCase()];
    const problems =
      status >= 400
        ? [
            ...violations(['components', 'schemas', 'Error'], exchange.json),
            ...(refusalStatuses(route).includes(status) ? [] : ['it declares no such refusal']),
          ]
        : [
            ...answerProblems(route, exchange),
            ...(hasContent(route) && status === route.status && !isCsv(exchange)
              ? violations([...operation, 'responses', String(status), ...JSON_SCHEMA], exchange.json)
              : []),
            ...(route.takesBody
              ? violations([...operation, 'requestBody', ...JSON_SCHEMA], exchange.sent)
              : []),
          ];
    return problems.map((problem) => `${route.operationId} (${status}): ${problem}`);
  };
}

const JSON_SCHEMA = ['content', 'application/json', 'schema'];

function answerProblems(route: Route, exchange: Exchange): readonly string[] {
  const { status, headers } = exchange;
  const { supports = [] } = route;
  return [
    ...(status === route.status ? [] : [`the route declares the status ${route.status}`]),
    ...(isCsv(exchange) ? csvProblems(route, exchange) : bodyProblems(route, exchange)),
    ...(supports.includes('etag') === 'etag' in headers ? [] : ['it declares an ETag, or none, wrongly']),
    ...(supports.includes('idempotency-key') || !('idempotent-replayed' in headers)
      ? []
      : ['it declares no Idempotency-Key']),
  ];
}

function bodyProblems({ response }: Route, { text, json }: Exchange): readonly string[] {
  const { error } = response.safeParse(text === '' ? undefined : json);
  return error === undefined ? [] : [error.message];
}

function isCsv({ headers }: Exchange): boolean {
  return String(headers['content-type']).startsWith('text/csv');
}

/** The declared header row, rows as long as it, lines that end as RFC 4180 says, and no text that begins a formula. */
function csvProblems({ csvColumns }: Route, { text }: Exchange): readonly string[] {
  if (csvColumns === undefined) return ['it declares no CSV'];
  const [header, ...rows] = parseCsv(text) ?? [[]];
  return [
    ...(csvColumns.some((columns) => JSON.stringify(header) === JSON.stringify(columns))
      ? []
      : ['the header row is not as declared']),
    ...(rows.every(({ length }) => length === header?.length) ? [] : ['a row has another length']),
    ...(text.endsWith('\r\n') && !/[^\r]\n/.test(text) ? [] : ['a line does not end with CR LF']),
    ...(rows.flat().some((cell) => /^[=+\-@\t\r]/.test(cell)) ? ['a cell begins a formula'] : []),
  ];
}

/** Faults of our own can befall every operation. */
function refusalStatuses(route: Route): readonly number[] {
  return [500, ...faultsOf(route).map((code) => FAULTS[code].status)];
}

function hasContent({ response }: Route): boolean {
  return !Object.is(response, noResponseBody);
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

/** For a JSON pointer in a URI fragment. */
function escape(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
