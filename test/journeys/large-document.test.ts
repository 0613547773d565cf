import { afterAll, beforeAll, expect, it } from 'vitest';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { largeDocument } from './large-document-app/large-document.ts';

let keybound: RunningKeybound;

beforeAll(async () => {
  keybound = await runKeybound({ app: 'test/journeys/large-document-app/app.ts' });
});
afterAll(() => keybound.close());

it('a document of several megabytes is registered with its API, and developers get it whole', async () => {
  const document = largeDocument();
  expect(document.length).toBeGreaterThan(2_500_000);
  const apiId = await keybound.apiId('Large');
  const answer = await keybound.manage('alice', 'GET', `${PORTAL}/apis/${apiId}/swagger`);
  expect(answer.status).toBe(200);
  expect(JSON.stringify(answer.json)).toBe(document);
});
