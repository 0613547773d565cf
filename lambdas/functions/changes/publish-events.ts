import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describeError, type Log } from '../../platform/log.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';

export interface Publisher {
  readonly client: EventBridgeClient;
  readonly eventBusName: string;
  readonly log: Log;
}

/** Most entries of one PutEvents. */
const ENTRIES_A_CALL = 10;

/**
 * Publishes events in their order, and stops after the first call that does not get all of its entries through:
 * whoever tries again begins with the first that is missing, and repeats as little as possible.
 * @returns the indexes of the events that were not published, smallest first.
 */
export async function publishEvents(
  publisher: Publisher,
  events: readonly LifecycleEvent[],
): Promise<readonly number[]> {
  for (let start = 0; start < events.length; start += ENTRIES_A_CALL) {
    const refused = await putEvents(publisher, events.slice(start, start + ENTRIES_A_CALL));
    if (refused.length > 0) {
      const untried = [...events.keys()].slice(start + ENTRIES_A_CALL);
      return [...refused.map((index) => start + index), ...untried];
    }
  }
  return [];
}

async function putEvents(
  { client, eventBusName, log }: Publisher,
  events: readonly LifecycleEvent[],
): Promise<readonly number[]> {
  try {
    const { Entries: entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ source, 'detail-type': detailType, detail }) => ({
          EventBusName: eventBusName,
          Source: source,
          DetailType: detailType,
          Time: new Date(detail.at),
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    return events.flatMap(({ detail: { eventId } }, index) => {
      const { EventId: id, ErrorCode: errorCode, ErrorMessage: errorMessage } = entries[index] ?? {};
      if (id !== undefined && errorCode === undefined) return [];
      log({ level: 'ERROR', type: 'event_refused', eventId, errorCode, errorMessage });
      return [index];
    });
  } catch (error) {
    log({ level: 'ERROR', type: 'publish_fault', events: events.length, ...describeError(error) });
    return [...events.keys()];
  }
}
