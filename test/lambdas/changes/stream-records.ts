import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { AuditItem } from '../../../lambdas/platform/dynamodb/items.ts';

/** The record of a new audit entry; sequence numbers are those given. `createdAt` in seconds since the epoch. */
export function recordOf(
  entry: Readonly<Record<string, unknown>>,
  sequenceNumber: string,
  createdAt = 0,
): DynamoDBRecord {
  return {
    eventID: `event-${sequenceNumber}`,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      NewImage: imageOf(entry),
      SequenceNumber: sequenceNumber,
      ApproximateCreationDateTime: createdAt,
    },
  };
}

export function imageOf(item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  return typeof value === 'object' && value !== null ? { M: imageOf({ ...value }) } : { NULL: true };
}

/** A key as the audit trail shows it. */
export const KEY = {
  keyUUID: 'key-1',
  keyName: 'Checkout',
  keyType: 'PRODUCTION',
  status: 'ACTIVE',
  apiId: 'api-1',
  apiName: 'PizzaShackAPI',
  owner: 'sub-alice',
  ownerName: 'alice',
  description: '',
  metadata: { team: 'tills' },
  validityPeriod: 3600,
  createdAt: 1_767_268_800_000,
  issuedAt: 1_767_268_800_000,
  expiresAt: 1_767_272_400,
  permittedIp: ['192.0.2.0/24'],
  permittedReferrer: [],
  version: 1,
} as const;

let entries = 0;

export function auditEntry(action: string, more: Partial<AuditItem> = {}): AuditItem {
  entries += 1;
  return {
    auditId: `audit-${entries}`,
    at: '2026-01-01T12:00:00.000Z',
    actor: 'sub-bob',
    actorName: 'bob',
    sourceIp: '192.0.2.7',
    requestId: 'request-1',
    action,
    resourceId: 'key-1',
    owner: 'sub-alice',
    ...more,
  };
}
