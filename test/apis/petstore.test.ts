import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handler } from '../../examples/samples/petstore/handler.ts';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { backendEvent, type BackendCall } from './backend-event.ts';

const Pet = z.strictObject({
  id: z.int(),
  category: z.strictObject({ id: z.int(), name: z.string() }),
  name: z.string(),
  status: z.enum(['available', 'pending', 'sold']),
});

function call(request: BackendCall): { readonly statusCode: number | undefined; readonly body: unknown } {
  const { statusCode, body = '', headers } = handler(backendEvent(request));
  expect(headers).toEqual({ 'content-type': 'application/json' });
  return { statusCode, body: z.unknown().parse(JSON.parse(body)) };
}

const byStatus = (status: string) =>
  call({ routeKey: 'GET /pet/findByStatus', queryStringParameters: { status } });
const byId = (petId: string) => call({ routeKey: 'GET /pet/{petId}', pathParameters: { petId } });

describe('the pets', () => {
  it('are ten, each found by its status and by its id', () => {
    const found = ['available', 'pending', 'sold'].map((status) => {
      const { statusCode, body } = byStatus(status);
      expect(statusCode).toBe(200);
      const pets = z.array(Pet).parse(body);
      expect(new Set(pets.map((pet) => pet.status))).toEqual(new Set([status]));
      return pets;
    });
    const pets = found.flat();
    expect(pets.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const pet of pets) expect(byId(String(pet.id))).toEqual({ statusCode: 200, body: pet });
  });

  it.each(['', 'lost', 'Available', 'available,sold'])('are not to be found by the status %j', (status) => {
    expect(byStatus(status)).toEqual({
      statusCode: 400,
      body: { message: 'status must be one of available, pending, sold' },
    });
  });

  it('are not to be found without a status', () => {
    expect(call({ routeKey: 'GET /pet/findByStatus' }).statusCode).toBe(400);
  });

  it.each(['0', '11', '999999999999999999'])('have none with the id %s', (petId) => {
    expect(byId(petId)).toEqual({ statusCode: 404, body: { message: 'There is no such pet.' } });
  });

  it.each(['', 'doggie', '-1', '1.0', '1e0', '9'.repeat(19), ' 1'])(
    'have whole numbers as ids, not %j',
    (petId) => {
      expect(byId(petId)).toEqual({ statusCode: 400, body: { message: 'petId must be a whole number' } });
    },
  );
});

describe('the document of the API', () => {
  it('promises what the backend does, and nothing else is there', () => {
    const { operations } = readOpenApiDocument(
      fileURLToPath(new URL('../../examples/samples/petstore/openapi.yaml', import.meta.url)),
    );
    const request = { pathParameters: { petId: '1' }, queryStringParameters: { status: 'sold' } };
    expect(operations).toHaveLength(2);
    for (const { method, path } of operations) {
      expect(call({ ...request, routeKey: `${method} ${path}` }).statusCode).toBe(200);
    }
    expect(call({ ...request, routeKey: 'DELETE /pet/{petId}' }).statusCode).toBe(404);
  });
});
