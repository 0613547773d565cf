/** What API Gateway says of the caller. */
interface OrdersEvent {
  readonly requestContext: { readonly authorizer: { readonly lambda: { readonly owner: string } } };
}

/** Serves allowed calls; the guard answers all others. */
export const handler = async (event: OrdersEvent) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    owner: event.requestContext.authorizer.lambda.owner,
    table: process.env['TABLE_NAME'],
    orders: [],
  }),
});
