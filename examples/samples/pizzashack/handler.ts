import { randomUUID } from 'node:crypto';
import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { jsonAnswer } from '../json-answer.ts';
import { MENU } from './menu.ts';
import { NewOrder, ordersIn, type Order } from './orders.ts';

/** What Keybound's authorizer tells a backend; this one needs the owner of the key. */
type Event = APIGatewayProxyEventV2WithLambdaAuthorizer<{ readonly owner: string }>;
type Answer = APIGatewayProxyStructuredResultV2;

const orders = ordersIn(process.env['ORDERS_TABLE'] ?? '');

/** The backend of PizzaShack: the menu, and orders that their owners can see, change and cancel. */
export const handler = async (event: Event): Promise<Answer> => {
  if (event.routeKey === 'GET /menu') return jsonAnswer(200, MENU);
  const { owner } = event.requestContext.authorizer.lambda;
  if (event.routeKey === 'POST /order') {
    return withNewOrder(event, async (order) => {
      const placed: Order = { orderId: randomUUID(), ...order, delivered: false };
      await orders.save(owner, placed);
      return jsonAnswer(201, placed);
    });
  }
  const order = await orders.find(owner, event.pathParameters?.['orderId'] ?? '');
  if (order === undefined) return jsonAnswer(404, { message: 'There is no such order.' });
  switch (event.routeKey) {
    case 'GET /order/{orderId}':
      return jsonAnswer(200, order);
    case 'PUT /order/{orderId}':
      return withNewOrder(event, async (change) => {
        const changed = { ...order, ...change };
        await orders.save(owner, changed);
        return jsonAnswer(200, changed);
      });
    case 'DELETE /order/{orderId}':
      await orders.cancel(owner, order.orderId);
      return { statusCode: 200 };
    default:
      return jsonAnswer(404, { message: 'There is no such resource.' });
  }
};

async function withNewOrder(
  { body = '', isBase64Encoded }: Event,
  use: (order: ReturnType<typeof NewOrder.parse>) => Promise<Answer>,
): Promise<Answer> {
  const reading = NewOrder.safeParse(
    parseJson(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body),
  );
  if (reading.success) return use(reading.data);
  const problems = reading.error.issues.map(({ path, message }) => [...path, message].join(': '));
  return jsonAnswer(400, { message: problems.join('; ') });
}

/** `undefined` for what is not JSON: it is no order either. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
