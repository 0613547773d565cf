import { expect, it } from 'vitest';
import { NoEngineError } from '../../../local/dynamodb/engine-binary.ts';

it('says what to do where there is no embedded engine', () => {
  const error = new NoEngineError('darwin-arm64');
  expect(error.code).toBe('NO_DYNAMODB_ENGINE');
  expect(error.message).toMatch(/darwin-arm64.*docker run.*AWS_ENDPOINT_URL_DYNAMODB=http/);
});
