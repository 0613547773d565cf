import { z } from 'zod';
import type { ApplicationItem } from '../../platform/dynamodb/items.ts';
import { Id } from '../../platform/http/schemas.ts';

export const Application = z
  .strictObject({
    applicationId: Id,
    name: z.string(),
    throttlingPolicy: z.string(),
    description: z.string(),
    tokenType: z.enum(['JWT', 'OAUTH']),
    status: z.literal('APPROVED'),
    subscriptionCount: z.int().min(0),
    owner: z.string(),
    attributes: z.record(z.string(), z.string()),
    groups: z.array(z.string()).max(0),
    visibility: z.literal('PRIVATE'),
    createdTime: z.string().describe('Milliseconds since the epoch.'),
    updatedTime: z.string().describe('Milliseconds since the epoch.'),
  })
  .meta({ id: 'Application' });

export function applicationView(application: ApplicationItem) {
  const { applicationId, name, throttlingPolicy, description, tokenType, attributes } = application;
  return {
    applicationId,
    name,
    throttlingPolicy,
    description,
    tokenType,
    status: 'APPROVED',
    subscriptionCount: application.subscriptionCount,
    owner: application.ownerName,
    attributes,
    groups: [],
    visibility: 'PRIVATE',
    createdTime: String(application.createdAt),
    updatedTime: String(application.updatedAt),
  };
}
