import type { IncomingMessage } from 'node:http';

const LIMIT_BYTES = 16 * 1024;

/** The body as text, or undefined when it has more than 16 KB; the rest is then read and dropped. */
export async function readBody(
  request: IncomingMessage,
  limitBytes = LIMIT_BYTES,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  const stream: AsyncIterable<Buffer> = request;
  for await (const bytes of stream) {
    length += bytes.length;
    if (length <= limitBytes) chunks.push(bytes);
  }
  return length > limitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}
