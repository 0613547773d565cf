import { randomUUID } from 'node:crypto';
import type { Route, RouteResponse } from '../lambdas/platform/http/route.ts';
import { adminRoutes } from '../lambdas/functions/admin/routes.ts';
import { portalRoutes } from '../lambdas/functions/portal/routes.ts';
import { formatMilliseconds, type Finding } from './finding.ts';
import { API_OF_KEYS, KEYS_OF_OWNER, openFilledTable, type FilledTable } from './filled-table.ts';
import { interleave, summarise } from './measure.ts';

const FEW = 1_000;
const MANY = 100_000;
const LIMITS = { rounds: 200, budgetMilliseconds: 3_000 };
/** Both sizes get the same request, so their times should be nearly the same. */
const TARGET = { atMost: 3 };

/** The called operation, as the functions serve it, from request to answer. */
interface Operation {
  readonly name: string;
  readonly operationId: string;
  readonly request: (table: FilledTable) => Parts;
  /** How many keys the page of a list has to hold. */
  readonly expected?: number;
}

interface Parts {
  readonly subject: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "portal, an owner's keys of an API",
    operationId: 'listApiKeys',
    request: ({ nextOwner }) => ({
      subject: nextOwner(),
      params: { apiId: API_OF_KEYS },
      query: { limit: '25' },
    }),
    expected: 25,
  },
  {
    name: "portal, all of an owner's keys",
    operationId: 'listAllMyApiKeys',
    request: ({ nextOwner }) => ({ subject: nextOwner(), query: { limit: '100' } }),
    expected: KEYS_OF_OWNER,
  },
  {
    name: 'admin, first page of all keys',
    operationId: 'listAllApiKeys',
    request: () => ({ subject: 'admin', query: { limit: '25' } }),
    expected: 25,
  },
  {
    name: 'admin, page at offset 900',
    operationId: 'listAllApiKeys',
    request: () => ({ subject: 'admin', query: { offset: '900', limit: '25' } }),
    expected: 25,
  },
  {
    name: 'admin, revoke a key by its id',
    operationId: 'revokeAnyApiKey',
    request: ({ nextKey }) => ({ subject: 'admin', body: { keyUUID: nextKey() } }),
  },
];

/** How long lists of keys and a revocation take with many keys in the table, against few. */
export async function benchManyKeys(): Promise<readonly Finding[]> {
  const few = await openFilledTable(FEW);
  try {
    const many = await openFilledTable(MANY);
    try {
      process.stderr.write(`${MANY.toLocaleString('en')} keys stored in ${many.filledInSeconds} s\n`);
      const findings: Finding[] = [];
      for (const operation of OPERATIONS) findings.push(await benchOperation(operation, few, many));
      return [...findings, scanFinding([few, many])];
    } finally {
      await many.close();
    }
  } finally {
    await few.close();
  }
}

async function benchOperation(operation: Operation, few: FilledTable, many: FilledTable): Promise<Finding> {
  const sampleOf = (table: FilledTable) => {
    const route = routeOf(table, operation.operationId);
    return () => milliseconds(route, operation, operation.request(table));
  };
  const rounds = await interleave({ subject: sampleOf(many), baseline: sampleOf(few) }, LIMITS);
  const { subject, baseline, ratio } = summarise(rounds);
  return {
    name: operation.name,
    measured: formatMilliseconds(subject),
    against: `${formatMilliseconds(baseline)} with ${FEW.toLocaleString('en')} keys`,
    ratio: ratio.median,
    spread: ratio,
    target: TARGET,
  };
}

function routeOf({ management }: FilledTable, operationId: string): Route {
  const route = [...portalRoutes(management), ...adminRoutes(management)].find(
    (candidate) => candidate.operationId === operationId,
  );
  if (route === undefined) throw new Error(`there is no operation ${operationId}`);
  return route;
}

async function milliseconds(route: Route, { expected }: Operation, parts: Parts): Promise<number> {
  const { subject, params = {}, query = {}, body } = parts;
  const caller = { subject, name: subject, sourceIp: '127.0.0.1', requestId: randomUUID() };
  const roles = new Set(route.roles);
  const startedAt = performance.now();
  const answer = await route.answer({ caller, roles, params, query, body, headers: {} });
  const elapsed = performance.now() - startedAt;
  if (expected !== undefined && lengthOf(answer) !== expected) {
    throw new Error(`${route.operationId} did not answer with ${expected} keys`);
  }
  return elapsed;
}

function lengthOf({ body }: RouteResponse): unknown {
  return typeof body === 'object' && body !== null && 'count' in body ? body.count : undefined;
}

function scanFinding(tables: readonly FilledTable[]): Finding {
  const sent = tables.flatMap(({ requests }) => [...requests]);
  const all = sent.reduce((sum, [, count]) => sum + count, 0);
  const scans = sent.reduce((sum, [name, count]) => (name.startsWith('Scan') ? sum + count : sum), 0);
  return {
    name: 'requests that scan the table',
    measured: `${scans}`,
    against: `${all.toLocaleString('en')} requests`,
    ratio: scans / all,
    target: { atMost: 0 },
  };
}
