import { messageOf } from '../message-of.ts';
import { CannotRunError, type TemplatePlace } from './cannot-run-error.ts';
import type { Json } from './json.ts';

/** The look-ups of intrinsics. Each look-up throws a plain Error that says what is missing. */
export interface Scope {
  /** A resource's physical id, a parameter's value or a pseudo parameter; undefined for `AWS::NoValue`. */
  ref(name: string): Json | undefined;
  getAtt(logicalId: string, attribute: string): Json;
  importValue(exportName: string): Json;
  findInMap(map: string, topKey: string, secondKey: string): Json;
  condition(name: string): boolean;
  /** The value of an SSM parameter of the assembly. */
  ssmParameter(name: string): string;
}

/** Runs a look-up and gives its error the place. */
export function lookUp<T>(place: TemplatePlace, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof CannotRunError) throw error;
    throw new CannotRunError(place, messageOf(error));
  }
}

/** A scalar as the text that CloudFormation makes of it. */
export function asText(value: Json | undefined, place: TemplatePlace): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new CannotRunError(place, `expected text, found ${describe(value)}`);
}

/** A value as messages show it. */
export function describe(value: Json | undefined): string {
  return value === undefined ? 'AWS::NoValue' : JSON.stringify(value);
}
