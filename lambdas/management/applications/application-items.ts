import type { LinkedKey } from '../../core/subscriptions/link.ts';
import type { ApplicationItem } from '../../platform/dynamodb/items.ts';
import { listedByTime, LISTINGS } from '../../platform/dynamodb/keys.ts';

/** With keys as links know them, too, whose lists are read-only. */
type Listed = Omit<ApplicationItem, 'keys'> & { readonly keys: Readonly<Record<string, LinkedKey>> };

/** An application as it is stored, with its place among those of all owners. */
export function applicationAttributes(application: Listed): Record<string, unknown> {
  const { createdAt, applicationId } = application;
  return { ...application, ...listedByTime(LISTINGS.applications, createdAt, applicationId) };
}
