import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { EVENT_SOURCE, REMINDER_DAYS, type EventType } from '../../core/audit/lifecycle-event.ts';
import { dayOf, isoOfSeconds } from '../../core/general/utc.ts';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../../core/keys/validity.ts';
import type { ReminderItem } from '../../platform/dynamodb/items.ts';
import { reminderItemKey, TTL_ATTRIBUTE } from '../../platform/dynamodb/keys.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { expiringKeys, type ExpiringKey } from './expiring-keys.ts';
import { keyFields } from './key-detail.ts';
import { LifecycleEvent } from './lifecycle-event.ts';
import { publishEvents, type Publisher } from './publish-events.ts';

export interface Reminding extends Publisher {
  readonly store: Store;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Publishes that keys expire in 30, 7 or 1 days, by the calendar of UTC, or have expired since yesterday. What was
 * published is noted down, so that the next run leaves it out; a run that breaks off in between repeats it under the
 * same id.
 * @throws Error when events could not be published, for the invocation to be tried again.
 */
export async function remindOfExpiry(reminding: Reminding): Promise<void> {
  const now = reminding.store.clock();
  const due = [
    ...REMINDER_DAYS.map((daysLeft) => ({ daysLeft, day: dayOf(now + daysLeft * DAY_MILLISECONDS) })),
    { daysLeft: 0, day: dayOf(now - DAY_MILLISECONDS) },
    { daysLeft: 0, day: dayOf(now) },
  ];
  let missing = 0;
  for (const { daysLeft, day } of due) {
    for await (const page of expiringKeys(reminding.store, day)) {
      missing += await remind(
        reminding,
        page.filter((expiring) => isDue(expiring, daysLeft, now)),
        daysLeft,
      );
    }
  }
  if (missing > 0) throw new Error(`${missing} reminders could not be published`);
}

function isDue({ key: { expiresAt }, reminder }: ExpiringKey, daysLeft: number, now: number): boolean {
  if (daysLeft === 0 && expiresAt * 1000 > now) return false;
  return reminder?.expiresAt !== expiresAt || reminder.daysLeft > daysLeft;
}

async function remind(reminding: Reminding, keys: readonly ExpiringKey[], daysLeft: number): Promise<number> {
  const now = reminding.store.clock();
  const events = keys.map(({ key }) => reminderOf(key, daysLeft, now));
  const missing = new Set(await publishEvents(reminding, events));
  const published = keys.filter((_, index) => !missing.has(index));
  await Promise.all(
    published.map(({ key: { keyUUID, expiresAt } }) =>
      noteDown(reminding.store, { keyUUID, expiresAt, daysLeft }),
    ),
  );
  return missing.size;
}

function reminderOf(key: ExpiringKey['key'], daysLeft: number, now: number): LifecycleEvent {
  const { keyUUID, keyName, keyType, status, owner, ownerName, apiId, apiName, applicationId } = key;
  const { expiresAt, graced } = key;
  const type: EventType = daysLeft === 0 ? 'API Key Expired' : 'API Key Expiring';
  return LifecycleEvent.parse({
    source: EVENT_SOURCE,
    'detail-type': type,
    detail: {
      eventId: `${keyUUID}/${expiresAt}/${daysLeft}`,
      at: daysLeft === 0 ? isoOfSeconds(expiresAt) : new Date(now).toISOString(),
      owner,
      ...(daysLeft > 0 && { daysLeft }),
      ...keyFields({
        keyUUID,
        keyName,
        keyType,
        status,
        ownerName,
        expiresAt,
        ...(apiId !== undefined && { apiId }),
        ...(apiName !== undefined && { apiName }),
        ...(applicationId !== undefined && { applicationId }),
        ...(graced !== undefined && { graceEndsAt: graced.endsAt }),
      }),
    },
  });
}

/** Another run that was further already stays so. */
async function noteDown({ client, tableName }: Store, reminder: ReminderItem): Promise<void> {
  const { keyUUID, expiresAt, daysLeft } = reminder;
  try {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: {
          ...reminderItemKey(keyUUID),
          ...reminder,
          [TTL_ATTRIBUTE]: expiresAt + EXPIRED_KEY_RETENTION_SECONDS,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <> :expiresAt OR daysLeft > :daysLeft',
        ExpressionAttributeValues: { ':expiresAt': expiresAt, ':daysLeft': daysLeft },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
