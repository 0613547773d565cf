import type { IncomingMessage, RequestListener } from 'node:http';
import type { Gateway } from '../gateway/server.ts';
import type { IdentityProvider } from '../identity/identity-provider.ts';

/** The domain of the sandbox on one machine. */
export const SANDBOX_DOMAIN = 'sandbox.localhost';

/** The parts behind the ports, once the runner is ready. */
export interface OpenDoor {
  readonly gateway: Gateway;
  readonly identity: IdentityProvider;
  readonly managementApiId: string;
}

/** The handlers of the ports. Until `open` is called they answer 503. */
export interface FrontDoor {
  /** By the Host header: domains of the template, or `{apiId}.execute-api.localhost`. */
  readonly gateway: RequestListener;
  /** As `gateway`, and this machine's own names are those of the sandbox: for clients that cannot resolve its domain. */
  readonly sandbox: RequestListener;
  /** `/oauth2` and `/.well-known` are the issuer's, everything else is the management API's. */
  readonly management: RequestListener;
  open(door: OpenDoor): void;
}

const STARTING: RequestListener = (_request, response) => {
  response
    .writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    .end('{"message":"The runner is starting"}');
};

export function createFrontDoor(report: (text: string) => void): FrontDoor {
  let door: OpenDoor | undefined;
  const gateway: RequestListener = (request, response) => {
    if (door === undefined) STARTING(request, response);
    else void door.gateway.handle(request, response);
  };
  return {
    gateway,
    sandbox: (request, response) => {
      addressSandbox(request);
      gateway(request, response);
    },
    management: (request, response) => {
      if (door === undefined) {
        STARTING(request, response);
        return;
      }
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      if (!door.identity.serves(path)) {
        void door.gateway.handle(request, response, { apiId: door.managementApiId });
        return;
      }
      door.identity.handle(request, response).catch((error: unknown) => {
        report(`The issuer failed: ${String(error)}`);
        response.destroy();
      });
    },
    open: (opened) => {
      door = opened;
    },
  };
}

const THIS_MACHINE = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d*)?$/i;

/** The gateway reads headers as they were sent. */
function addressSandbox({ rawHeaders }: IncomingMessage): void {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const isHost = rawHeaders[at]?.toLowerCase() === 'host';
    if (isHost && THIS_MACHINE.test(rawHeaders[at + 1]?.trim() ?? '')) rawHeaders[at + 1] = SANDBOX_DOMAIN;
  }
}
