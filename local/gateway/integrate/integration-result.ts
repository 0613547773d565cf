import type { HttpResponse } from '../receive/http-message.ts';

/** An integration's answer, or the status that the gateway answers in its place. */
export type IntegrationResult =
  | HttpResponse
  | {
      readonly failed: 500 | 503;
      /** `$context.integrationErrorMessage`; the client never sees it. */
      readonly error: string;
    };
