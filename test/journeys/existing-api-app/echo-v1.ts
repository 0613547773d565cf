/** Answers with the whole event, as payload 1.0 wants answers. */
export const handler = (event: unknown) => ({ statusCode: 200, body: JSON.stringify(event) });
