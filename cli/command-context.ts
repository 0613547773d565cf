import type { Output } from './output/output.ts';
import type { Terminal } from './output/terminal.ts';
import type { Http } from './rest/http.ts';
import type { RestClient } from './rest/rest-client.ts';
import type { Settings } from './settings.ts';
import type { SessionStore } from './sign-in/sessions.ts';

/** What a command works with. */
export interface CommandContext {
  readonly settings: Settings;
  /** The management API, as the signed-in user. */
  readonly rest: RestClient;
  /** Requests without a token. */
  readonly http: Http;
  readonly sessions: SessionStore;
  readonly terminal: Terminal;
  readonly output: Output;
  /**
   * Asks before something that cannot be undone, unless --yes was given.
   * @throws CommandFailure `usage` when nobody can be asked, `failed` when the user says no.
   */
  readonly confirm: (question: string) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
