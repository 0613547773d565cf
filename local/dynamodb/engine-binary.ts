import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Neither the embedded engine nor an endpoint is there. */
export class NoEngineError extends Error {
  readonly code = 'NO_DYNAMODB_ENGINE';

  constructor(platform: string) {
    super(
      `There is no embedded DynamoDB engine for ${platform} (the optional package @dynoxide/linux-x64 is for Linux on x64). ` +
        'Start any DynamoDB-compatible server, for example `docker run -p 8000:8000 amazon/dynamodb-local`, ' +
        'and set AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000',
    );
    this.name = 'NoEngineError';
  }
}

/**
 * The path of the embedded engine's binary.
 * @throws NoEngineError when its package is not installed.
 */
export function findEngineBinary(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(manifest), 'dynoxide');
  } catch {
    throw new NoEngineError(`${process.platform}-${process.arch}`);
  }
}
