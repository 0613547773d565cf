import type { ApplicationItem } from '../platform/dynamodb/items.ts';
import { listedByTime, LISTINGS } from '../platform/dynamodb/keys.ts';

/** An application as it is stored, with its place among those of all owners. */
export function applicationAttributes<T extends Pick<ApplicationItem, 'applicationId' | 'createdAt'>>(
  application: T,
): Record<string, unknown> {
  const { createdAt, applicationId } = application;
  return { ...application, ...listedByTime(LISTINGS.applications, createdAt, applicationId) };
}
