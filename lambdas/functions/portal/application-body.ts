import { z } from 'zod';
import type { Caller } from '../../core/http/caller.ts';
import type { ApplicationInput } from '../../management/applications/applications.ts';
import { label, note } from '../../platform/http/schemas.ts';
import {
  blankable,
  lacking,
  lenient,
  readOnly,
  refuseChanges,
  tolerant,
} from '../../platform/http/tolerance.ts';

const MAX_ATTRIBUTES = 20;

const Attributes = z
  .record(label(64), note(256))
  .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES, {
    error: `must have at most ${MAX_ATTRIBUTES} entries`,
  })
  .meta({ maxProperties: MAX_ATTRIBUTES })
  .default({});

/** An application as a developer sends it: every field of WSO2's DTO, as its Developer Portal sends it. */
export const ApplicationBody = lenient(
  z.strictObject({
    name: label(100),
    throttlingPolicy: label(100),
    description: tolerant(note(512).default(''), { nothing: [null] }),
    tokenType: blankable(z.enum(['JWT', 'OAUTH']).default('JWT')),
    attributes: tolerant(Attributes, { nothing: [null] }),
    groups: lacking('a group shares its applications when a member acts for it', {
      nothing: [null, ''],
      emptyList: true,
    }),
    visibility: lacking('an application is seen by its owner', { nothing: [null, '', 'PRIVATE'] }),
    subscriptionScopes: lacking('keys have no scopes', { nothing: [null], emptyList: true }),
    keys: lacking('applications have no OAuth keys', { nothing: [null], emptyList: true }),
    hashEnabled: lacking('applications have no OAuth secrets', { nothing: [null, false] }),
    applicationId: readOnly(),
    status: readOnly(),
    subscriptionCount: readOnly(),
    owner: readOnly(),
    createdTime: readOnly(),
    updatedTime: readOnly(),
  }),
).meta({ id: 'ApplicationInput' });
type ApplicationBody = z.infer<typeof ApplicationBody>;

/** The part that its developer decides. */
export function applicationInput(body: ApplicationBody): ApplicationInput {
  const { name, throttlingPolicy, description, tokenType, attributes } = body;
  return { name, throttlingPolicy, description, tokenType, attributes };
}

/** A copy of another application brings along what is the other's; only an owner could be meant. @throws Fault `bad_request` */
export function refuseAnotherOwner(body: ApplicationBody, { name }: Caller): void {
  refuseChanges(body, { owner: name }, ['owner']);
}

/** Counts and times of change move by themselves: a client that read the application earlier cannot know them. */
export const FIXED_FIELDS = ['applicationId', 'status', 'owner', 'createdTime'] as const;
