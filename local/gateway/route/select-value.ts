import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';
import { joinedParameter } from '../receive/query-string.ts';
import type { ContextFacts } from './context-variable.ts';
import { contextVariable } from './context-variable.ts';
import type { Selection } from './selection-expression.ts';

/** The sources of selections; `responseHeaders` only if a response exists. */
export interface SelectionFacts extends ContextFacts {
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly responseHeaders?: readonly HeaderEntry[];
}

/** The value that a selection names, or undefined when the request (or response) does not have it. */
export function selectValue(selection: Selection, facts: SelectionFacts): string | undefined {
  switch (selection.from) {
    case 'request.header':
      return joinedHeader(facts.request.headers, selection.name);
    case 'request.querystring':
      return joinedParameter(facts.request.query, selection.name);
    case 'request.path':
      return facts.request.routePath;
    case 'request.path.parameter':
      return ownValue(facts.pathParameters, selection.name);
    case 'response.header':
      return joinedHeader(facts.responseHeaders ?? [], selection.name);
    case 'context':
      return contextVariable(selection.name, facts);
    case 'stageVariables':
      return ownValue(facts.request.stage.variables, selection.name);
  }
}

function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
