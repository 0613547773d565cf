import { expect } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { createStore } from '../../lambdas/platform/dynamodb/create-store.ts';
import type { HttpAnswer } from '../../local/demo/http-client.ts';
import type { RunnerOptions } from '../../local/runner.ts';
import { managementApis, type ManagementApi } from '../../scripts/management-apis.ts';
import { answerChecker } from '../support/check-answer.ts';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

export { ADMIN, PORTAL };
export const PUBLISHER = '/api/am/publisher/v4';

/** Sends a request; the path may have a query string. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;

/** A runner whose every answer must be one that the OpenAPI document declares: otherwise a request throws. */
export interface Contract {
  readonly keybound: RunningKeybound;
  readonly portal: Ask;
  readonly admin: Ask;
  readonly publisher: Ask;
  /** An application of the developer, by a name that no other one has. */
  readonly application: (more?: object) => Promise<string>;
  /** The id of a new subscription. */
  readonly subscribe: (applicationId: string, apiId: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The management APIs as their documents describe them: their table is never asked. */
export function declaredApis(): readonly ManagementApi[] {
  return managementApis({ store: createStore('none', systemClock), clock: systemClock, keyPrefix: 'kb' });
}

export async function openContract(options: Partial<RunnerOptions> = {}): Promise<Contract> {
  const keybound = await runKeybound(options);
  const portal = askAs(keybound, 'portal', 'alice');
  let applications = 0;
  return {
    keybound,
    portal,
    admin: askAs(keybound, 'admin', 'admin'),
    publisher: askAs(keybound, 'publisher', 'publisher'),
    application: async (more = {}) => {
      applications += 1;
      const body = { name: `Contract ${applications}`, throttlingPolicy: 'Unlimited', ...more };
      const answer = await portal('POST', '/applications', body);
      return z.object({ applicationId: z.string() }).parse(answer.json).applicationId;
    },
    subscribe: async (applicationId, apiId) => {
      const body = { applicationId, apiId, throttlingPolicy: 'Gold' };
      const answer = await portal('POST', '/subscriptions', body);
      return z.object({ subscriptionId: z.string() }).parse(answer.json).subscriptionId;
    },
    close: () => keybound.close(),
  };
}

function askAs(keybound: RunningKeybound, name: string, user: string): Ask {
  const described = declaredApis().find((candidate) => candidate.name === name);
  if (described === undefined) throw new Error(`there is no API ${name}`);
  const { api, routes } = described;
  const check = answerChecker(api, routes);
  return async (method, path, body) => {
    const answer = await keybound.manage(user, method, `${api.base}${path}`, body);
    const [pathname = ''] = path.split('?');
    const problems = check({ method, path: `${api.base}${pathname}`, sent: body, ...answer });
    if (problems.length > 0) throw new Error(`undeclared answer: ${problems.join('; ')}\n${answer.text}`);
    return answer;
  };
}

/** The answer of a success that says nothing. */
export function expectEmpty({ status, text }: HttpAnswer): void {
  expect({ status, text }).toEqual({ status: 200, text: '' });
}

/** WSO2's list: `{count, list, pagination}`. `total` is absent for lists that span owners. */
export function listed(answer: HttpAnswer): readonly Record<string, unknown>[] {
  expect(answer.status).toBe(200);
  const { count, list } = List.parse(answer.json);
  expect(count).toBe(list.length);
  return list;
}

const List = z.strictObject({
  count: z.number(),
  list: z.array(z.record(z.string(), z.unknown())),
  pagination: z.strictObject({
    offset: z.number(),
    limit: z.number(),
    total: z.number().optional(),
    next: z.string(),
    previous: z.string(),
  }),
  /** Of the subscriptions to an API: what publishers have decided about owners. */
  standingDecisions: z.array(z.unknown()).optional(),
});

/** WSO2's error entity: what every refusal says. */
export const ErrorEntity = z.strictObject({
  code: z.int(),
  message: z.string().min(1),
  description: z.string().min(1),
  moreInfo: z.string(),
  error: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

export const Issued = z.object({ keyUUID: z.string(), apikey: z.string(), keyName: z.string() });

/** Matchers for the values that vary. */
export const anyText: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);
export const anyKeyValue: unknown = expect.stringMatching(
  /^kb_(?:prod|sandbox)_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/,
);
