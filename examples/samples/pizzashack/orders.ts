import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { MENU } from './menu.ts';

const shortText = z.string().trim().min(1).max(200);

/** What a customer says to order. The card number is read so that it can be sent, and not kept. */
export const NewOrder = z
  .object(
    {
      customerName: shortText,
      address: shortText,
      pizzaType: z.enum(MENU.map(({ name }) => name)),
      quantity: z.int().min(1).max(100),
      creditCardNumber: z.string().optional(),
    },
    'the order must be a JSON object',
  )
  .transform(({ creditCardNumber, ...order }) => order);

const Order = z.object({
  orderId: z.string(),
  customerName: z.string(),
  address: z.string(),
  pizzaType: z.string(),
  quantity: z.number(),
  delivered: z.boolean(),
});
export type Order = z.infer<typeof Order>;

const OrderId = z.uuid();

const DAY_SECONDS = 24 * 60 * 60;

/** Orders, each to be seen only by the owner of the API key that placed it; forgotten after a day. */
export interface Orders {
  readonly save: (owner: string, order: Order) => Promise<void>;
  readonly find: (owner: string, orderId: string) => Promise<Order | undefined>;
  readonly cancel: (owner: string, orderId: string) => Promise<void>;
}

export function ordersIn(tableName: string): Orders {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  return {
    save: async (owner, order) => {
      const expiresAt = Math.floor(Date.now() / 1000) + DAY_SECONDS;
      await client.send(new PutCommand({ TableName: tableName, Item: { owner, ...order, expiresAt } }));
    },
    find: async (owner, orderId) => {
      // DynamoDB would refuse an empty or an overlong key with an error.
      if (!OrderId.safeParse(orderId).success) return undefined;
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { owner, orderId }, ConsistentRead: true }),
      );
      return item === undefined ? undefined : Order.parse(item);
    },
    cancel: async (owner, orderId) => {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { owner, orderId } }));
    },
  };
}
