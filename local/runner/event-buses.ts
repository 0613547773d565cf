import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../assembly/physical-names.ts';
import { isJsonObject } from '../gateway/json-value.ts';
import { parseJson } from '../parse-json.ts';

/** An event as a rule's target would get it. */
export interface PublishedEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** The runner's EventBridge. */
export interface EventBuses {
  /** Answers `PutEvents`. */
  putEvents(body: string): { readonly status: 200 | 400; readonly body: string };
  /** The newest events of all buses, oldest first; at most 1,000. */
  events(): readonly PublishedEvent[];
}

export interface EventBusesOptions {
  /** Names besides `default`. */
  readonly names: readonly string[];
  readonly now: () => number;
  /** Gets each event as a line of JSON. */
  readonly show: (busName: string, line: string) => void;
}

const KEPT_EVENTS = 1_000;
const MAXIMUM_ENTRIES = 10;
const MAXIMUM_ENTRY_BYTES = 256 * 1024;

const Entry = z.object({
  EventBusName: z.string().default('default'),
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Resources: z.array(z.string()).default([]),
  /** Seconds since the epoch. */
  Time: z.number().optional(),
});
type Entry = z.infer<typeof Entry>;
const Request = z.object({ Entries: z.array(Entry) });

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function createEventBuses({ names, now, show }: EventBusesOptions): EventBuses {
  const known = new Set(['default', ...names]);
  const kept: PublishedEvent[] = [];
  const put = (entry: Entry): object => {
    // An ARN ends with the name.
    const busName = entry.EventBusName.split('/').at(-1) ?? '';
    const problem = known.has(busName)
      ? problemOf(entry)
      : { ErrorCode: 'InvalidArgument', ErrorMessage: `Event bus ${busName} does not exist.` };
    if (problem !== undefined) return problem;
    const event: PublishedEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: LOCAL_ACCOUNT,
      time: new Date(entry.Time === undefined ? now() : entry.Time * 1000)
        .toISOString()
        .replace(/\.\d{3}Z$/, 'Z'),
      region: LOCAL_REGION,
      resources: entry.Resources,
      detail: parseObject(entry.Detail),
    };
    kept.push(event);
    if (kept.length > KEPT_EVENTS) kept.shift();
    show(busName, JSON.stringify(event));
    return { EventId: event.id };
  };

  return {
    events: () => [...kept],
    putEvents(body) {
      const request = Request.safeParse(parseObject(body));
      const count = request.data?.Entries.length ?? 0;
      if (!request.success) return refusal('SerializationException', request.error.message);
      if (count < 1 || count > MAXIMUM_ENTRIES) {
        return refusal(
          'ValidationException',
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAXIMUM_ENTRIES}`,
        );
      }
      const entries = request.data.Entries.map(put);
      const failed = entries.filter((entry) => 'ErrorCode' in entry).length;
      return { status: 200, body: JSON.stringify({ FailedEntryCount: failed, Entries: entries }) };
    },
  };
}

function problemOf({ Source, DetailType, Detail, Resources }: Entry): object | undefined {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (Source.startsWith('aws.')) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  }
  if (parseObject(Detail) === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const size = Buffer.byteLength([Source, DetailType, Detail, ...Resources].join(''));
  return size > MAXIMUM_ENTRY_BYTES
    ? { ErrorCode: 'InvalidArgument', ErrorMessage: `The entry has more than ${MAXIMUM_ENTRY_BYTES} bytes.` }
    : undefined;
}

function parseObject(text: string): object | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

function refusal(type: string, message: string): { readonly status: 400; readonly body: string } {
  return { status: 400, body: JSON.stringify({ __type: type, message }) };
}
