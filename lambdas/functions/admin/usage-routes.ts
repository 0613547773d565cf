import { z } from 'zod';
import { readPeriod } from '../../core/usage/usage-period.ts';
import { getAnyApi, listAllApis } from '../../management/apis/apis.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { findKeyPlace } from '../../management/keys/key-reads.ts';
import {
  reportApis,
  reportKeyUsage,
  reportUsage,
  type UsageReport,
} from '../../management/usage/usage-reports.ts';
import {
  answerUsage,
  answerUsageOfApis,
  APIS_USAGE_CONTENT,
  KEY_USAGE_CONTENT,
  USAGE_CONTENT,
} from '../../management/usage/usage-views.ts';
import { defineRoute, noBody, noParams, type Route } from '../../platform/http/route.ts';
import { Id } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

const path = `${ADMIN_BASE}/usage`;
const common = { tag: 'Usage', roles: ADMIN_ROLES, method: 'GET', body: noBody, status: 200 } as const;

/** How often keys, applications and APIs were called; also those that are gone, for as long as the counts are kept. */
export function usageRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      ...KEY_USAGE_CONTENT,
      path: `${path}/api-keys/{keyUUID}`,
      operationId: 'getUsageOfApiKey',
      summary: "Get any key's usage, with client addresses",
      params: z.strictObject({ keyUUID: Id }),
      handle: async ({ params: { keyUUID }, query }) => {
        const report = await reportKeyUsage(management, keyUUID, readPeriod(query, management.clock()));
        if (isEmpty(report)) await findKeyPlace(look(management), keyUUID);
        return answerUsage(report, query);
      },
    }),
    defineRoute({
      ...common,
      ...USAGE_CONTENT,
      path: `${path}/applications/{applicationId}`,
      operationId: 'getUsageOfApplication',
      summary: "Get an application's usage; empty if it does not exist",
      params: z.strictObject({ applicationId: Id }),
      handle: async ({ params: { applicationId }, query }) => {
        const period = readPeriod(query, management.clock());
        return answerUsage(await reportUsage(management, 'APPLICATION', applicationId, period), query);
      },
    }),
    defineRoute({
      ...common,
      ...USAGE_CONTENT,
      path: `${path}/apis/{apiId}`,
      operationId: 'getUsageOfApi',
      summary: "Get any API's usage",
      params: z.strictObject({ apiId: Id }),
      handle: async ({ params: { apiId }, query }) => {
        const period = readPeriod(query, management.clock());
        const report = await reportUsage(management, 'API', apiId, period);
        if (isEmpty(report)) await getAnyApi(look(management), apiId);
        return answerUsage(report, query);
      },
    }),
    defineRoute({
      ...common,
      ...APIS_USAGE_CONTENT,
      path: `${path}/apis`,
      operationId: 'getUsageOfApis',
      summary: 'Get the usage of all APIs',
      params: noParams,
      handle: async ({ query }) => {
        const period = readPeriod({ ...query, granularity: 'hour' }, management.clock());
        const reports = await reportApis(management, await listAllApis(management), period);
        return answerUsageOfApis(reports, period, query);
      },
    }),
  ];
}

function isEmpty({ totals: { calls, refusals } }: UsageReport): boolean {
  return calls + refusals === 0;
}
