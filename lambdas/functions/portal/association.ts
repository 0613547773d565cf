import { z } from 'zod';
import type { Association } from '../../management/keys/associate-key.ts';
import type { RouteResponse } from '../../platform/http/route.ts';

/** What WSO2 answers to an association. */
export const associationShape = z.strictObject({
  keyName: z.string(),
  apiName: z.string(),
  applicationName: z.string(),
});

export function associationAnswer({ key, api, application }: Association): RouteResponse {
  return {
    status: 200,
    body: { keyName: key.keyName, apiName: api.name, applicationName: application.name },
  };
}
