import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A handler as the runtime calls it; Node.js 24 has no callback argument any more. */
export type Handler = (event: unknown, context: object) => unknown;

/** Why a handler cannot be had, named as the Lambda runtime names it. */
export class LoadHandlerError extends Error {
  constructor(code: 'Runtime.ImportModuleError' | 'Runtime.HandlerNotFound', message: string) {
    super(message);
    this.name = code;
  }
}

/**
 * Loads a handler from a module of any kind.
 * @param modulePath without extension
 * @throws LoadHandlerError; or whatever the module throws while it loads.
 */
export async function loadHandler(modulePath: string, exportName: string, handler: string): Promise<Handler> {
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => modulePath + extension)
    .find((path) => existsSync(path));
  if (file === undefined) {
    throw new LoadHandlerError('Runtime.ImportModuleError', `Error: Cannot find module '${modulePath}'`);
  }
  const module: unknown = await import(pathToFileURL(file).href);
  const found = select(module, exportName) ?? select(Reflect.get(Object(module), 'default'), exportName);
  if (found === undefined) {
    throw new LoadHandlerError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (!isHandler(found)) {
    throw new LoadHandlerError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  return found;
}

function select(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
