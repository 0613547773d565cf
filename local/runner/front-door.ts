import type { RequestListener } from 'node:http';
import type { Gateway } from '../gateway/server.ts';
import type { IdentityProvider } from '../identity/identity-provider.ts';

/** What is behind the two ports once the runner is ready. */
export interface OpenDoor {
  readonly gateway: Gateway;
  readonly identity: IdentityProvider;
  readonly managementApiId: string;
}

/** The handlers of the two ports. Until `open` is called they answer 503. */
export interface FrontDoor {
  /** By the Host header: domains of the template, or `{apiId}.execute-api.localhost`. */
  readonly gateway: RequestListener;
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
  return {
    gateway: (request, response) => {
      if (door === undefined) STARTING(request, response);
      else void door.gateway.handle(request, response);
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
