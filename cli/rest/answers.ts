import type { z } from 'zod';
import * as admin from './generated/admin.ts';
import * as portal from './generated/portal.ts';
import * as publisher from './generated/publisher.ts';

// How the command line reads the answers that the OpenAPI documents describe. A server of another version can leave out
// fields: each answer needs ids, names and the fields that decide something; of objects inside it, those that are shown.

export const ApiAnswer = portal.Api.partial()
  .required({ id: true, name: true })
  .extend({
    endpointURLs: portal.Api.shape.endpointURLs.element
      .pick({ environmentType: true, URLs: true })
      .array()
      .optional(),
  });
export type ApiAnswer = z.infer<typeof ApiAnswer>;

/** A name that an API has, or had. */
export const ApiNameAnswer = admin.ApiName;

export const LifecycleAnswer = publisher.LifecycleChange.pick({}).extend({
  lifecycleState: publisher.LifecycleState.pick({ state: true }),
});

export const ApplicationAnswer = portal.Application.partial().required({ applicationId: true, name: true });
export type ApplicationAnswer = z.infer<typeof ApplicationAnswer>;

/** An application as administrators see it. */
export const AnyApplicationAnswer = admin.AnyApplication.partial().required({
  applicationId: true,
  name: true,
  owner: true,
});
export type AnyApplicationAnswer = z.infer<typeof AnyApplicationAnswer>;

export const SubscriptionAnswer = portal.Subscription.partial()
  .required({ subscriptionId: true, applicationId: true, apiId: true })
  .extend({
    apiInfo: portal.Subscription.shape.apiInfo.pick({ name: true, version: true }).optional(),
    applicationInfo: portal.Subscription.shape.applicationInfo.pick({ name: true }).optional(),
  });
export type SubscriptionAnswer = z.infer<typeof SubscriptionAnswer>;

export const DecisionAnswer = publisher.StandingDecision.omit({ version: true })
  .partial()
  .required({ owner: true });
export type DecisionAnswer = z.infer<typeof DecisionAnswer>;

/** A key as its owner sees it. Without an API, it opens all APIs that its application subscribes to. */
export const KeyAnswer = portal.ApiKey.partial().required({ keyUUID: true });
export type KeyAnswer = z.infer<typeof KeyAnswer>;

/** A key as administrators see it. */
export const AnyKeyAnswer = admin.AnyApiKey.partial().required({ keyUUID: true });
export type AnyKeyAnswer = z.infer<typeof AnyKeyAnswer>;

/** The key that a value belongs to, and the state of the value. */
export const LookedUpAnswer = admin.LookedUpApiKey.extend({ key: AnyKeyAnswer });
export type LookedUpAnswer = z.infer<typeof LookedUpAnswer>;

/** One step of a bulk revocation. Its keys keep every field: they are part of what --json prints. */
export const BulkRevocationAnswer = admin.BulkRevocation.pick({ progress: true, nextToken: true }).extend({
  list: admin.BulkRevokedKey.partial().required({ keyUUID: true, outcome: true }).loose().array(),
});
export type BulkRevocationAnswer = z.infer<typeof BulkRevocationAnswer>;

/** Generate, regenerate: the only answers with a key's value. */
export const IssuedKeyAnswer = portal.IssuedApiKey.partial().required({ apikey: true });
export type IssuedKeyAnswer = z.infer<typeof IssuedKeyAnswer>;

export const RefusalAnswer = portal.Refusal.partial()
  .required({ requestId: true, reason: true, status: true, code: true, message: true })
  .extend({
    seen: portal.Refusal.shape.seen.omit({ apiVersion: true }),
    key: portal.Refusal.shape.key.unwrap().pick({ keyUUID: true, keyName: true }).nullish(),
  });
export type RefusalAnswer = z.infer<typeof RefusalAnswer>;

export const DryRunAnswer = portal.DryRun.partial().required({ allowed: true, steps: true });
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;

/** Usage of a key; that of an application or an API has neither addresses nor a last use. */
export const UsageAnswer = portal.KeyUsage.partial().required({ totals: true, list: true });
export type UsageAnswer = z.infer<typeof UsageAnswer>;

/** A throttling policy as developers see it. */
export const ListedPolicyAnswer = portal.ThrottlingPolicy.partial().required({ name: true });
export type ListedPolicyAnswer = z.infer<typeof ListedPolicyAnswer>;

/** A throttling policy as administrators see it, of subscriptions or of applications. */
export const PolicyAnswer = admin.ApplicationThrottlePolicy.partial().required({
  policyId: true,
  policyName: true,
});
export type PolicyAnswer = z.infer<typeof PolicyAnswer>;

export const AuditEntryAnswer = admin.AuditEntry.partial();
export type AuditEntryAnswer = z.infer<typeof AuditEntryAnswer>;

/** What is said of an answer that is no success; API Gateway itself says only `message`. */
export const ErrorAnswer = portal.Error_.pick({ message: true, description: true, error: true }).partial();

export const PaginationAnswer = portal.Pagination.partial();
