import type { AuthorizerContext } from './authorizer-context.ts';
import type { HeaderEntry } from '../receive/http-message.ts';

/** What an authorizer decided. A refusal carries what the client sees and, for the access log, why. */
export type Authorization =
  | { readonly outcome: 'allowed'; readonly context: AuthorizerContext }
  | {
      readonly outcome: 'refused';
      readonly status: 401 | 403 | 500;
      readonly headers?: readonly HeaderEntry[];
      /** `$context.authorizer.error` */
      readonly error?: string;
    };
