import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { answerClientError } from '../gateway/respond/answer-client-error.ts';

/** Another program listens on a port. */
export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use`);
    this.name = 'PortInUseError';
    this.port = port;
  }
}

/** A port on which this machine, and nobody else, is served. */
export interface LoopbackListener {
  readonly port: number;
  /** Waits for requests under way, but no longer than two seconds. */
  close(): Promise<void>;
}

// Larger heads than API Gateway takes must come through, for the gateway to answer.
const MAX_HEADER_BYTES = 64 * 1024;
/** With Node's five seconds a client that pauses meets connections that are just closing. */
const KEEP_ALIVE_MILLISECONDS = 60_000;
const DRAIN_MILLISECONDS = 2_000;
const ATTEMPTS = 10;

/**
 * Listens on 127.0.0.1 and, where there is one, on ::1: `localhost` can mean either.
 * @param port 0 for any free one
 * @throws PortInUseError
 */
export async function listenOnLoopback(port: number, handle: RequestListener): Promise<LoopbackListener> {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await listen(port, '127.0.0.1', handle);
    const address = v4.address();
    const chosen = typeof address === 'object' && address !== null ? address.port : port;
    try {
      const v6 = await listen(chosen, '::1', handle).catch((error: unknown) => {
        if (error instanceof PortInUseError) throw error;
        return undefined;
      });
      const servers = v6 === undefined ? [v4] : [v4, v6];
      return {
        port: chosen,
        close: async () => {
          await Promise.all(servers.map(closeServer));
        },
      };
    } catch (error) {
      await closeServer(v4);
      if (port !== 0 || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function listen(port: number, host: string, handle: RequestListener): Promise<Server> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MILLISECONDS },
    handle,
  );
  server.on('clientError', answerClientError);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new PortInUseError(port);
    }
    throw error;
  }
  return server;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS);
  await closed;
  clearTimeout(timer);
}
