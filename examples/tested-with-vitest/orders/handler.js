/** Lists the orders of whoever owns the key. */
export const handler = (event) => {
  const { owner } = event.requestContext.authorizer.lambda;
  return { owner, orders: [] };
};
