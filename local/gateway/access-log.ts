import type { ContextFacts } from './context-variable.ts';
import { contextVariable } from './context-variable.ts';

const VARIABLE = /\$context\.(authorizer\.claims\.[\w.:-]*[\w]|\w+(?:\.\w+)*)/g;

/**
 * One line of a stage's access log: every `$context.x` of the format replaced, `-` for what the request does not have.
 * Values are escaped as JSON text, so a client cannot break out of a JSON format (unverified on the real service).
 */
export function accessLogLine(format: string, facts: ContextFacts): string {
  return format.replace(VARIABLE, (_match, name: string) => {
    const value = contextVariable(name, facts);
    if (value === undefined || value === '') return '-';
    return name === 'error.messageString' ? value : JSON.stringify(value).slice(1, -1);
  });
}
