/** Answers with what reached it. */
exports.handler = async ({ rawPath, headers }) => ({
  statusCode: 200,
  body: JSON.stringify({ path: rawPath, headers }),
});
