import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { MENU } from '../../examples/samples/pizzashack/menu.ts';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { openDatabase, type Database } from '../../local/dynamodb/database.ts';
import { ensureTable } from '../../local/dynamodb/ensure-table.ts';
import { backendEvent, type BackendCall } from './backend-event.ts';

const TABLE = 'orders';
const Item = z.record(z.string(), z.unknown());
const Scan = z.object({ Items: z.array(Item) });

let database: Database | undefined;
let call: (request: BackendCall) => Promise<{ readonly statusCode: number; readonly body: unknown }>;

beforeAll(async () => {
  database = await openDatabase({ report: () => undefined });
  await ensureTable(database.call, {
    tableName: TABLE,
    tableArn: `arn:aws:dynamodb:eu-west-1:111122223333:table/${TABLE}`,
    attributeDefinitions: [
      { AttributeName: 'owner', AttributeType: 'S' },
      { AttributeName: 'orderId', AttributeType: 'S' },
    ],
    keySchema: [
      { AttributeName: 'owner', KeyType: 'HASH' },
      { AttributeName: 'orderId', KeyType: 'RANGE' },
    ],
    globalSecondaryIndexes: [],
    localSecondaryIndexes: [],
  });
  vi.stubEnv('ORDERS_TABLE', TABLE);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.endpoint);
  // Only now: the handler reads its environment when it is loaded.
  const { handler } = await import('../../examples/samples/pizzashack/handler.ts');
  call = async (request) => {
    const { statusCode = 0, body = '', headers } = await handler(backendEvent(request));
    if (body !== '') expect(headers).toMatchObject({ 'content-type': 'application/json' });
    return { statusCode, body: body === '' ? undefined : z.unknown().parse(JSON.parse(body)) };
  };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await database?.stop();
});

async function storedItems(): Promise<readonly Record<string, unknown>[]> {
  return Scan.parse(await database?.call('Scan', { TableName: TABLE, ConsistentRead: true })).Items;
}

const order = {
  customerName: 'Alice',
  address: '1 Long Street',
  pizzaType: 'Garden Fresh',
  quantity: 2,
};

async function place(owner: string, body: unknown = order): Promise<string> {
  const placed = await call({ routeKey: 'POST /order', owner, body });
  expect(placed.statusCode).toBe(201);
  return z.object({ orderId: z.uuid() }).parse(placed.body).orderId;
}

const on = (routeKey: string, orderId: string) => ({ routeKey, pathParameters: { orderId } });
const NO_ORDER = { statusCode: 404, body: { message: 'There is no such order.' } };

describe('the menu', () => {
  it('has the ten pizzas of the reference', async () => {
    const { statusCode, body } = await call({ routeKey: 'GET /menu' });
    expect(statusCode).toBe(200);
    expect(body).toEqual(MENU);
    expect(MENU.map(({ name }) => name)).toEqual([
      'BBQ Chicken Bacon',
      'Chicken Parmesan',
      'Chilly Chicken Cordon Bleu',
      'Double Bacon 6Cheese',
      'Garden Fresh',
      'Grilled Chicken Club',
      'Hawaiian BBQ Chicken',
      'Spicy Italian',
      'Spinach Alfredo',
      'Tuscan Six Cheese',
    ]);
  });

  it('describes and prices them as the reference does, prices as text', () => {
    expect(MENU[0]).toEqual({
      name: 'BBQ Chicken Bacon',
      description: 'Grilled white chicken, hickory-smoked bacon and fresh sliced onions in barbeque sauce',
      price: '24.99',
      icon: '/images/6.png',
    });
    expect(MENU.map(({ price }) => price)).toEqual(
      '24.99 11.99 23.99 20.99 11.99 14.99 12.99 23.99 25.99 24.99'.split(' '),
    );
    expect(MENU.map(({ icon }) => icon)).toEqual(
      [6, 1, 10, 9, 3, 8, 7, 2, 5, 4].map((number) => `/images/${number}.png`),
    );
  });
});

describe('an order', () => {
  it('is placed, seen, changed and cancelled by its owner', async () => {
    const orderId = await place('alice');
    const placed = { orderId, ...order, delivered: false };
    expect(await call(on('GET /order/{orderId}', orderId))).toEqual({ statusCode: 200, body: placed });

    const change = { ...order, pizzaType: 'Spicy Italian', quantity: 100 };
    const changed = { statusCode: 200, body: { ...placed, ...change } };
    expect(await call({ ...on('PUT /order/{orderId}', orderId), body: change })).toEqual(changed);
    expect(await call(on('GET /order/{orderId}', orderId))).toEqual(changed);

    expect(await call(on('DELETE /order/{orderId}', orderId))).toEqual({ statusCode: 200, body: undefined });
    for (const method of ['GET', 'DELETE']) {
      expect(await call(on(`${method} /order/{orderId}`, orderId))).toEqual(NO_ORDER);
    }
    expect(await call({ ...on('PUT /order/{orderId}', orderId), body: change })).toEqual(NO_ORDER);
  });

  it('is none of anybody else: not to see, not to change, not to cancel', async () => {
    const orderId = await place('alice');
    const before = await storedItems();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const others = { ...on(`${method} /order/{orderId}`, orderId), owner: 'bob', body: order };
      expect(await call(others)).toEqual(NO_ORDER);
    }
    expect(await storedItems()).toEqual(before);
    expect((await call(on('GET /order/{orderId}', orderId))).statusCode).toBe(200);
  });

  it('keeps its id, its owner and its delivery, whatever the body says', async () => {
    const more = { ...order, orderId: 'mine', owner: 'bob', delivered: true, expiresAt: 0 };
    const orderId = await place('alice', more);
    expect(await call({ ...on('PUT /order/{orderId}', orderId), body: more })).toEqual({
      statusCode: 200,
      body: { orderId, ...order, delivered: false },
    });
    const stored = (await storedItems()).filter((item) => JSON.stringify(item).includes(orderId));
    expect(stored).toMatchObject([{ owner: { S: 'alice' }, delivered: { BOOL: false } }]);
  });

  it('may come in base64, as an HTTP API sends what it does not know to be text', async () => {
    const body = Buffer.from(JSON.stringify({ ...order, customerName: 'Zoë' })).toString('base64');
    const placed = await call({ routeKey: 'POST /order', body, isBase64Encoded: true });
    expect(placed).toMatchObject({ statusCode: 201, body: { customerName: 'Zoë' } });
  });

  it('is kept without the card number, which is not sent back either', async () => {
    const cardNumber = '4111111111111111';
    const body = { ...order, creditCardNumber: cardNumber };
    const placed = await call({ routeKey: 'POST /order', body });
    const { orderId } = z.object({ orderId: z.string() }).parse(placed.body);
    const changed = await call({ ...on('PUT /order/{orderId}', orderId), body });
    const read = await call(on('GET /order/{orderId}', orderId));
    expect([placed, changed, read].map(({ statusCode }) => statusCode)).toEqual([201, 200, 200]);
    const stored = await storedItems();
    expect(JSON.stringify(stored)).toContain(orderId);
    expect(JSON.stringify([placed, changed, read, stored])).not.toMatch(
      new RegExp(`${cardNumber}|creditCard`),
    );
  });

  it('is forgotten after a day', async () => {
    const before = Math.floor(Date.now() / 1000);
    const orderId = await place('alice');
    const stored = (await storedItems()).find((item) => JSON.stringify(item).includes(orderId));
    const { N } = z.object({ N: z.string() }).parse(stored?.['expiresAt']);
    expect(Number(N)).toBeGreaterThanOrEqual(before + 24 * 60 * 60);
    expect(Number(N)).toBeLessThanOrEqual(before + 24 * 60 * 60 + 30);
  });

  it.each([
    ['empty', ''],
    ['no UUID', 'none'],
    ['a path', '../menu'],
    ['longer than a key of DynamoDB may be', 'x'.repeat(5_000)],
    ['longer than that in bytes alone', 'ä'.repeat(600)],
  ])('does not exist when its id is %s', async (_, orderId) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await call({ ...on(`${method} /order/{orderId}`, orderId), body: order })).toEqual(NO_ORDER);
    }
  });
});

describe('a bad order', () => {
  let orderId = '';
  beforeEach(async () => {
    orderId = await place('alice');
  });

  it.each<[string, unknown]>([
    ['customerName: ', { ...order, customerName: undefined }],
    ['customerName: ', { ...order, customerName: '  ' }],
    ['customerName: ', { ...order, customerName: 'x'.repeat(201) }],
    ['address: ', { ...order, address: 7 }],
    ['pizzaType: ', { ...order, pizzaType: 'Margherita' }],
    ['pizzaType: ', { ...order, pizzaType: 'garden fresh' }],
    ['quantity: ', { ...order, quantity: 0 }],
    ['quantity: ', { ...order, quantity: 101 }],
    ['quantity: ', { ...order, quantity: 1.5 }],
    ['quantity: ', { ...order, quantity: '2' }],
    ['creditCardNumber: ', { ...order, creditCardNumber: 4111 }],
    ['^customerName: .*; address: .*; pizzaType: .*; quantity: ', {}],
    ...[[], 'null', '"text"', '{"customerName":', 'no JSON', '', undefined].map((body): [string, unknown] => [
      '^the order must be a JSON object$',
      body,
    ]),
  ])('is a 400 that says what is wrong (%s), and nothing is written', async (problem, body) => {
    const before = await storedItems();
    for (const request of [{ routeKey: 'POST /order' }, on('PUT /order/{orderId}', orderId)]) {
      const answer = await call({ ...request, ...(body !== undefined && { body }) });
      expect(answer.statusCode).toBe(400);
      const { message } = z.object({ message: z.string() }).parse(answer.body);
      expect(message).toMatch(new RegExp(problem));
    }
    expect(await storedItems()).toEqual(before);
  });
});

describe('the document of the API', () => {
  const file = fileURLToPath(new URL('../../examples/samples/pizzashack/openapi.yaml', import.meta.url));
  const { operations } = readOpenApiDocument(file);

  it.each(operations.map(({ method, path }) => `${method} ${path}`))(
    'promises %s, and the backend does it',
    async (routeKey) => {
      const orderId = await place('alice');
      const { statusCode } = await call({ ...on(routeKey, orderId), body: order });
      expect([200, 201]).toContain(statusCode);
    },
  );
});
