import type { Terminal } from '../output/terminal.ts';
import type { Http } from '../rest/http.ts';
import type { Configuration } from './discovery.ts';
import type { Tokens } from './token-endpoint.ts';

export interface SignInRequest {
  readonly http: Http;
  readonly configuration: Configuration;
  readonly clientId: string;
  /** Space-separated; absent: what the issuer gives by default. */
  readonly scope: string | undefined;
  readonly terminal: Terminal;
  readonly now: () => number;
}

/** One way to sign in. @throws CommandFailure */
export type SignIn = (request: SignInRequest) => Promise<Tokens>;
