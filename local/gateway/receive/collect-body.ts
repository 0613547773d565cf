import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';

/** Past the limit this much more is read and thrown away, so that an honest client gets to read its refusal. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/**
 * Reads a stream to its end. Beyond the limit nothing is kept: the rest is discarded and the result is `too large`,
 * at the latest after 64 MB. Rejects when the stream breaks off.
 */
export function collectBody(stream: Readable, limitBytes: number): Promise<Buffer | 'too large'> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks = [];
      if (size > limitBytes + MAX_DISCARDED_BYTES) {
        stream.pause();
        resolve('too large');
      }
    });
    stream.on('end', () => resolve(size > limitBytes ? 'too large' : Buffer.concat(chunks)));
    stream.on('error', reject);
    stream.on('close', () => {
      if (!stream.readableEnded) reject(new Error('the connection was closed before the body was complete'));
    });
  });
}
