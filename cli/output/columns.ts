import type {
  AnyKeyAnswer,
  ApiAnswer,
  ApplicationAnswer,
  DecisionAnswer,
  KeyAnswer,
  LookedUpAnswer,
  SubscriptionAnswer,
} from '../rest/answers.ts';
import { formatExpiry, formatMoment, hasExpired } from './moments.ts';
import type { Column } from './table.ts';

/** What is shown where there is nothing. */
function textOf(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === '' ? '-' : String(value);
}

function pairsOf(map: Readonly<Record<string, unknown>> | null | undefined): string {
  return textOf(
    Object.entries(map ?? {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(', '),
  );
}

export const API_COLUMNS: readonly Column<ApiAnswer>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'Version', value: ({ version }) => textOf(version) },
  { title: 'Context', value: ({ context }) => textOf(context) },
  { title: 'Status', value: ({ lifeCycleStatus }) => textOf(lifeCycleStatus) },
  { title: 'Plans', value: ({ throttlingPolicies }) => textOf(throttlingPolicies?.join(', ')) },
  { title: 'Id', value: ({ id }) => id },
];

export const API_DETAILS: readonly Column<ApiAnswer>[] = [
  ...API_COLUMNS,
  { title: 'Description', value: ({ description }) => textOf(description) },
  { title: 'Provider', value: ({ provider }) => textOf(provider) },
  {
    title: 'Subscription',
    value: ({ subscriptionRequired: needed }) =>
      needed === undefined ? '-' : needed ? 'needed' : 'not needed',
  },
  { title: 'Key header', value: ({ apiKeyHeader }) => textOf(apiKeyHeader) },
  { title: 'Key query parameter', value: ({ apiKeyQueryParameter }) => textOf(apiKeyQueryParameter) },
  { title: 'Production', value: (api) => endpointOf(api, 'production') },
  { title: 'Sandbox', value: (api) => endpointOf(api, 'sandbox') },
];

export const APPLICATION_COLUMNS: readonly Column<ApplicationAnswer>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'Policy', value: ({ throttlingPolicy }) => textOf(throttlingPolicy) },
  { title: 'Subscriptions', value: ({ subscriptionCount }) => textOf(subscriptionCount) },
  { title: 'Created', value: ({ createdTime }) => formatMoment(createdTime) },
  { title: 'Id', value: ({ applicationId }) => applicationId },
];

export const APPLICATION_DETAILS: readonly Column<ApplicationAnswer>[] = [
  ...APPLICATION_COLUMNS,
  { title: 'Description', value: ({ description }) => textOf(description) },
  { title: 'Token type', value: ({ tokenType }) => textOf(tokenType) },
  { title: 'Status', value: ({ status }) => textOf(status) },
  { title: 'Owner', value: ({ owner }) => textOf(owner) },
  { title: 'Attributes', value: ({ attributes }) => pairsOf(attributes) },
  { title: 'Changed', value: ({ updatedTime }) => formatMoment(updatedTime) },
];

export const SUBSCRIPTION_COLUMNS: readonly Column<SubscriptionAnswer>[] = [
  {
    title: 'Application',
    value: ({ applicationInfo, applicationId }) => applicationInfo?.name ?? applicationId,
  },
  { title: 'API', value: ({ apiInfo, apiId }) => apiInfo?.name ?? apiId },
  { title: 'Version', value: ({ apiInfo }) => textOf(apiInfo?.version) },
  {
    title: 'Plan',
    value: ({ throttlingPolicy: plan, requestedThrottlingPolicy: requested }) =>
      typeof requested === 'string' ? `${textOf(plan)} (asks for ${requested})` : textOf(plan),
  },
  { title: 'Status', value: ({ status }) => textOf(status) },
  { title: 'Id', value: ({ subscriptionId }) => subscriptionId },
];

export const DECISION_COLUMNS: readonly Column<DecisionAnswer>[] = [
  { title: 'Owner', value: ({ user }) => textOf(user) },
  { title: 'Subject', value: ({ owner }) => owner },
  { title: 'Status', value: ({ status }) => textOf(status) },
  { title: 'Decided by', value: ({ decidedBy }) => textOf(decidedBy) },
  { title: 'Decided', value: ({ decidedTime }) => formatMoment(decidedTime) },
];

/** `now`: milliseconds since 1970, by which a key has expired or not. */
export function keyColumns(now: number): readonly Column<KeyAnswer | AnyKeyAnswer>[] {
  return [
    { title: 'Name', value: ({ keyName }) => textOf(keyName) },
    // No name of an API: a key of an application, which opens all that this subscribes to.
    { title: 'API', value: ({ apiName }) => (apiName === null ? '(all subscribed)' : textOf(apiName)) },
    { title: 'Type', value: ({ keyType }) => textOf(keyType) },
    { title: 'Status', value: (key) => statusOf(key, now) },
    { title: 'Application', value: applicationOf },
    { title: 'Expires', value: (key) => formatExpiry(key) },
    { title: 'Last used', value: ({ lastUsed }) => formatMoment(lastUsed) },
    { title: 'Id', value: ({ keyUUID }) => keyUUID },
  ];
}

export function keyDetails(now: number): readonly Column<KeyAnswer>[] {
  return [
    ...keyColumns(now),
    { title: 'Issued', value: ({ issuedOn }) => formatMoment(issuedOn) },
    { title: 'Description', value: ({ description }) => textOf(description) },
    { title: 'Metadata', value: ({ metadata }) => pairsOf(metadata) },
    { title: 'Permitted IP', value: ({ additionalProperties: rules }) => textOf(rules?.permittedIP) },
    {
      title: 'Permitted referrer',
      value: ({ additionalProperties: rules }) => textOf(rules?.permittedReferer),
    },
    { title: 'Previous value', value: graceOf },
  ];
}

/** For administrators, who see the keys of all. */
export function anyKeyColumns(now: number): readonly Column<AnyKeyAnswer>[] {
  return [{ title: 'Owner', value: ({ user }) => textOf(user) }, ...keyColumns(now)];
}

/** The same of one key, with who suspended it and why it ended. */
export function anyKeyDetails(now: number): readonly Column<AnyKeyAnswer>[] {
  return [
    ...anyKeyColumns(now),
    { title: 'Subject', value: ({ owner }) => textOf(owner) },
    { title: 'Suspended by', value: ({ suspendedBy }) => textOf(suspendedBy) },
    { title: 'Reason', value: ({ reason }) => textOf(reason) },
  ];
}

/** State of the value that was looked up. */
export const LOOKED_UP_DETAILS: readonly Column<LookedUpAnswer['value']>[] = [
  { title: 'This value', value: ({ state }) => state },
  { title: 'Issued', value: ({ issuedOn }) => formatMoment(issuedOn) },
  { title: 'Ends', value: ({ endsOn }) => formatMoment(endsOn) },
];

/** Owners and administrators see it under different names. */
function applicationOf(key: KeyAnswer | AnyKeyAnswer): string {
  if ('associatedApp' in key) return textOf(key.associatedApp);
  return textOf('applicationName' in key ? key.applicationName : undefined);
}

/** The server says what was done to a key, and when it expires. A key that has expired can be suspended as well. */
function statusOf(key: KeyAnswer | AnyKeyAnswer, now: number): string {
  if (!hasExpired(key, now)) return textOf(key.status);
  return key.status === 'SUSPENDED' ? 'SUSPENDED, EXPIRED' : 'EXPIRED';
}

/** A value that works on for a while after it was replaced. */
function graceOf({ values }: KeyAnswer): string {
  const graced = values?.find(({ current }) => !current);
  if (graced === undefined) return '-';
  return `works until ${formatMoment(graced.expiresOn)}, last used ${formatMoment(graced.lastUsed)}`;
}

function endpointOf({ endpointURLs }: ApiAnswer, environment: string): string {
  const urls = endpointURLs?.find(({ environmentType }) => environmentType === environment)?.URLs;
  return textOf(urls?.https ?? urls?.http);
}
