import type { AuthorizerContext } from './authorizer-context.ts';
import type { HeaderEntry } from '../receive/http-message.ts';

/** An authorizer's decision. A refusal carries the client's answer and, for the access log, the reason. */
export type Authorization =
  | { readonly outcome: 'allowed'; readonly context: AuthorizerContext }
  | {
      readonly outcome: 'refused';
      readonly status: 401 | 403 | 500;
      readonly headers?: readonly HeaderEntry[];
      /** `$context.authorizer.error` */
      readonly error?: string;
    };
