import type { RequestListener } from 'node:http';
import type { Gateway } from '../gateway/server.ts';
import type { IdentityProvider } from '../identity/identity-provider.ts';
import { isThisMachine, namesThisMachine, setHost, takeHostFromPath } from './host-in-path.ts';

/** The domain of the sandbox on one machine. */
export const SANDBOX_DOMAIN = 'sandbox.localhost';

/** The parts behind the ports, once the runner is ready. */
export interface OpenDoor {
  readonly gateway: Gateway;
  readonly identity: IdentityProvider;
  readonly managementApiId: string;
  /** The hosts of its APIs, by the first segment of a path that stands for them. */
  readonly hosts: ReadonlyMap<string, string>;
}

/** The handlers of the ports. Until `open` is called they answer 503. */
export interface FrontDoor {
  /**
   * By the Host header: domains of the template, or `{apiId}.execute-api.localhost`. For clients that cannot resolve
   * them, the first segment of a path to this machine's own names can stand for the host.
   */
  readonly gateway: RequestListener;
  /** As `gateway`, and this machine's own names are those of the sandbox: for clients that cannot resolve its domain. */
  readonly sandbox: RequestListener;
  /** `/oauth2` and `/.well-known` are the issuer's, everything else is the management API's. Other hosts get 421. */
  readonly management: RequestListener;
  open(door: OpenDoor): void;
}

const STARTING: RequestListener = (_request, response) => {
  response
    .writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    .end('{"message":"The runner is starting"}');
};

const MISDIRECTED: RequestListener = (_request, response) => {
  response
    .writeHead(421, { 'content-type': 'application/json' })
    .end('{"message":"The management API of a runner answers to localhost only"}');
};

export function createFrontDoor(report: (text: string) => void): FrontDoor {
  let door: OpenDoor | undefined;
  /** `own`: the host that this machine's own names stand for, other than themselves. */
  const serve =
    (own?: string): RequestListener =>
    (request, response) => {
      if (door === undefined) {
        STARTING(request, response);
        return;
      }
      takeHostFromPath(request, door.hosts);
      if (own !== undefined && isThisMachine(request)) setHost(request, own);
      void door.gateway.handle(request, response);
    };
  return {
    gateway: serve(),
    sandbox: serve(SANDBOX_DOMAIN),
    management: (request, response) => {
      if (door === undefined) {
        STARTING(request, response);
        return;
      }
      if (!namesThisMachine(request)) {
        MISDIRECTED(request, response);
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
