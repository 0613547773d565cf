import { SANDBOX_DOMAIN } from './front-door.ts';

/** The client of the local issuer, and the audience of its access tokens. */
export const LOCAL_CLIENT_ID = 'keybound-local';

/** Under which addresses everything is reached. */
export interface Urls {
  /** `http://localhost:8243` */
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly managementUrl: string;
}

export function urlsOf(gatewayPort: number, managementPort: number, sandboxPort?: number): Urls {
  return {
    gatewayUrl: `http://localhost:${gatewayPort}`,
    sandboxUrl:
      sandboxPort === undefined
        ? `http://${SANDBOX_DOMAIN}:${gatewayPort}`
        : `http://localhost:${sandboxPort}`,
    managementUrl: `http://localhost:${managementPort}`,
  };
}

/** The context of apps that take issuer, domains and deployment from it, such as the samples, on one machine. */
export function localContext(urls: {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly issuer: string;
}): Record<string, string> {
  const { gatewayUrl, sandboxUrl, issuer } = urls;
  return {
    gatewayUrl,
    sandboxUrl,
    issuer,
    audience: LOCAL_CLIENT_ID,
    gatewayDomain: 'localhost',
    sandboxDomain: SANDBOX_DOMAIN,
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
    deployment: 'local',
  };
}
