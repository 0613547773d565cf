import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  MAX_APPLICATION_KEYS,
  MAX_ASSOCIATED_KEYS,
  MAX_SUBSCRIPTIONS,
} from '../../lambdas/core/subscriptions/link.ts';
import {
  applicationNameItemKey,
  credentialItemKey,
  policyItemKey,
  POLICY_PARTITION_PREFIX,
  subscriptionReferenceItemKey,
} from '../../lambdas/platform/dynamodb/keys.ts';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { digestsIn, subscriptionsIn } from './stored-state.ts';
import { credentialsOf, readTable, type StoredItem } from './table-contents.ts';

const Key = z.looseObject({
  keyUUID: z.string(),
  status: z.string(),
  /** Absent for a key of an application, which carries the subscriptions to all APIs. */
  apiId: z.string().optional(),
  digest: z.string(),
  graced: z.object({ digest: z.string() }).optional(),
  applicationId: z.string().optional(),
});
const Link = z.looseObject({
  owner: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
  subscription: z
    .object({
      subscriptionId: z.string(),
      status: z.string(),
      policy: z.string(),
      requestedPolicy: z.string().optional(),
    })
    .optional(),
  keys: z.record(z.string(), z.unknown()),
});
const Application = z.looseObject({
  applicationId: z.string(),
  owner: z.string(),
  name: z.string(),
  throttlingPolicy: z.string(),
  subscriptionCount: z.number(),
  keys: z.record(z.string(), z.unknown()),
});
const Decision = z.looseObject({ owner: z.string(), apiId: z.string(), status: z.string() });
const Credential = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  keyUUID: z.string(),
  status: z.string(),
  applicationId: z.string().optional(),
});

/**
 * What must hold between the items of the table after whatever succeeded and failed, when no key has expired.
 * @returns a sentence for each contradiction.
 */
export async function contradictionsIn(store: Store): Promise<readonly string[]> {
  return contradictionsAmong(await readTable(store));
}

/** The same among the items of a table that has been read. */
export function contradictionsAmong(items: readonly StoredItem[]): readonly string[] {
  const ofKind = <T>(prefix: string, schema: z.ZodType<T>) =>
    items
      .filter(({ pk, sk }) => pk.startsWith('OWNER#') && sk.startsWith(prefix))
      .map((item) => schema.parse(item));
  const world = {
    keys: [...ofKind('KEY#', Key), ...ofKind('APPKEY#', Key)],
    links: ofKind('LINK#', Link),
    applications: ofKind('APP#', Application),
  };
  return [
    ...world.keys.flatMap((key) => aboutKey(key, world.links, credentialsOf(items))),
    ...world.links.flatMap((link) => aboutLink(link, world)),
    ...world.applications.flatMap((application) => aboutApplication(application, world)),
    ...aboutReferences(items, world.links),
    ...aboutOrphans(items, world.keys),
    ...aboutLimits(world),
    ...aboutNames(items, world.applications),
    ...aboutPolicies(items, world),
    ...aboutDecisions(items, world.links),
  ];
}

interface World {
  readonly keys: readonly Key[];
  readonly links: readonly Link[];
  readonly applications: readonly Application[];
}

type Key = z.infer<typeof Key>;
type Link = z.infer<typeof Link>;
type Application = z.infer<typeof Application>;

function aboutKey(key: Key, links: readonly Link[], credentials: readonly StoredItem[]): readonly string[] {
  const own = credentials.filter((item) => Credential.parse(item).keyUUID === key.keyUUID);
  const live = own.filter((item) => ['ACTIVE', 'SUSPENDED'].includes(Credential.parse(item).status));
  const values = key.status === 'REVOKED' ? [] : [key.digest, ...(key.graced ? [key.graced.digest] : [])];
  const expected = values.map((digest) => credentialItemKey(digest).pk);
  return [
    ...problems([
      [
        !isDeepStrictEqual(live.map(({ pk }) => pk).sort(), expected.sort()),
        `the key ${key.keyUUID} (${key.status}) has ${expected.length} values, of which ${live.length} are live`,
      ],
    ]),
    ...live.flatMap((credential) => aboutCredential(key, Credential.parse(credential), links)),
  ];
}

function aboutCredential(
  key: Key,
  credential: z.infer<typeof Credential>,
  links: readonly Link[],
): readonly string[] {
  const ofApplication = links.filter(({ applicationId }) => applicationId === key.applicationId);
  const counting = ofApplication.filter(({ apiId }) => key.apiId === undefined || key.apiId === apiId);
  const expected = counting.flatMap(({ apiId, subscription }) => {
    if (subscription === undefined) return [];
    const { subscriptionId, status, policy } = subscription;
    return [[apiId, { subscriptionId, status, policy }]];
  });
  return problems([
    [
      credential.status !== key.status,
      `the key ${key.keyUUID} is ${key.status}, its value ${credential.status}`,
    ],
    [
      credential.applicationId !== key.applicationId,
      `the key ${key.keyUUID} and its credential name different applications`,
    ],
    [
      !isDeepStrictEqual(subscriptionsIn(credential), Object.fromEntries(expected)),
      `the credential of ${key.keyUUID} has other subscriptions than its application`,
    ],
    [
      key.apiId !== undefined &&
        key.applicationId !== undefined &&
        counting[0]?.keys[key.keyUUID] === undefined,
      `the key ${key.keyUUID} is not in the link of its application`,
    ],
  ]);
}

function aboutLink(
  link: Link,
  { keys, applications }: { readonly keys: readonly Key[]; readonly applications: readonly Application[] },
): readonly string[] {
  const name = `the link ${link.applicationId} to ${link.apiId}`;
  const linked = Object.entries(link.keys).flatMap(([keyUUID, known]) => {
    const key = keys.find((candidate) => candidate.keyUUID === keyUUID);
    return problems([
      [key === undefined || key.status === 'REVOKED', `${name} has the key ${keyUUID}, which is gone`],
      [key?.applicationId !== link.applicationId, `${name} has the key ${keyUUID} of another application`],
      [!digestsIn(known).includes(key?.digest ?? ''), `${name} does not know the value of ${keyUUID}`],
    ]);
  });
  return [
    ...linked,
    ...problems([
      [
        !applications.some(({ applicationId }) => applicationId === link.applicationId),
        `${name} has no application`,
      ],
      [link.subscription === undefined && Object.keys(link.keys).length === 0, `${name} is empty`],
    ]),
  ];
}

function aboutApplication(
  { applicationId, subscriptionCount, keys: known }: Application,
  { links, keys }: { readonly links: readonly Link[]; readonly keys: readonly Key[] },
): readonly string[] {
  const subscribed = links.filter((link) => link.applicationId === applicationId && link.subscription);
  const own = keys.filter(
    (key) => key.applicationId === applicationId && key.apiId === undefined && key.status !== 'REVOKED',
  );
  const digests = (list: readonly (readonly string[])[]) => list.flat().sort();
  return problems([
    [
      subscribed.length !== subscriptionCount,
      `the application ${applicationId} counts ${subscriptionCount} subscriptions of ${subscribed.length}`,
    ],
    [
      !isDeepStrictEqual(
        digests(Object.values(known).map(digestsIn)),
        digests(own.map(({ digest, graced }) => [digest, ...(graced ? [graced.digest] : [])])),
      ),
      `the application ${applicationId} does not know the values of its own keys`,
    ],
  ]);
}

/** Each subscription is found by its id, and no id leads to one that is gone. */
function aboutReferences(items: readonly StoredItem[], links: readonly Link[]): readonly string[] {
  const prefix = subscriptionReferenceItemKey('').pk;
  const found = items.filter(({ pk }) => pk.startsWith(prefix)).map(({ pk }) => pk.slice(prefix.length));
  const expected = links.flatMap(({ subscription }) => subscription?.subscriptionId ?? []);
  return isDeepStrictEqual(found.sort(), expected.sort())
    ? []
    : ['the look-up of subscriptions by id is not what the links say'];
}

/** A value that works belongs to a key that its owner can see, and end. */
function aboutOrphans(items: readonly StoredItem[], keys: readonly Key[]): readonly string[] {
  const known = new Set(keys.map(({ keyUUID }) => keyUUID));
  return credentialsOf(items)
    .map((item) => Credential.parse(item))
    .filter(({ keyUUID, status }) => ['ACTIVE', 'SUSPENDED'].includes(status) && !known.has(keyUUID))
    .map(({ keyUUID }) => `a value of the key ${keyUUID} is live, but there is no such key`);
}

function aboutLimits({ links, applications }: World): readonly string[] {
  return [
    ...links.flatMap(({ applicationId, apiId, keys }) =>
      problems([
        [
          Object.keys(keys).length > MAX_ASSOCIATED_KEYS,
          `the link ${applicationId} to ${apiId} has more keys than it can`,
        ],
      ]),
    ),
    ...applications.flatMap(({ applicationId, keys, subscriptionCount }) =>
      problems([
        [
          Object.keys(keys).length > MAX_APPLICATION_KEYS,
          `the application ${applicationId} has more keys than it can`,
        ],
        [
          subscriptionCount > MAX_SUBSCRIPTIONS,
          `the application ${applicationId} has more subscriptions than it can`,
        ],
      ]),
    ),
  ];
}

/** Each name is taken by the application that has it, and no other. */
function aboutNames(items: readonly StoredItem[], applications: readonly Application[]): readonly string[] {
  const taken = items
    .filter(({ sk }) => sk.startsWith('APPNAME#'))
    .map((item) => [item.pk, item.sk, item['applicationId']]);
  const expected = applications.map(({ owner, name, applicationId }) => {
    const { pk, sk } = applicationNameItemKey(owner, name);
    return [pk, sk, applicationId];
  });
  const inOrder = (list: readonly unknown[]) => list.map((entry) => JSON.stringify(entry)).sort();
  return isDeepStrictEqual(inOrder(taken), inOrder(expected))
    ? []
    : ['the names that are taken are not those of the applications'];
}

/** Whatever has or waits for a policy finds it, and is counted. */
function aboutPolicies(items: readonly StoredItem[], { links, applications }: World): readonly string[] {
  const used = [
    ...links.flatMap(({ subscription }) =>
      [subscription?.policy, subscription?.requestedPolicy].flatMap((name) =>
        name === undefined ? [] : [policyItemKey('subscription', name)],
      ),
    ),
    ...applications.map(({ throttlingPolicy }) => policyItemKey('application', throttlingPolicy)),
  ].map(({ pk, sk }) => `${pk} ${sk}`);
  const counts = new Map(
    items
      .filter(({ pk }) => pk.startsWith(POLICY_PARTITION_PREFIX))
      .map((item) => [`${item.pk} ${item.sk}`, item['useCount']]),
  );
  return [...new Set([...used, ...counts.keys()])].flatMap((policy) => {
    const uses = used.filter((other) => other === policy).length;
    return problems([
      [counts.get(policy) !== uses, `${policy} has ${uses} uses, but counts ${String(counts.get(policy))}`],
    ]);
  });
}

/** A block reaches every subscription of the owner that a publisher has let in. */
function aboutDecisions(items: readonly StoredItem[], links: readonly Link[]): readonly string[] {
  const decisions = items
    .filter(({ pk, sk }) => pk.startsWith('OWNER#') && sk.startsWith('DECISION#'))
    .map((item) => Decision.parse(item))
    .filter(({ status }) => status !== 'REJECTED');
  return decisions.flatMap(({ owner, apiId, status }) =>
    links
      .filter((link) => link.owner === owner && link.apiId === apiId)
      .flatMap(({ subscription }) =>
        problems([
          [
            subscription !== undefined && !['ON_HOLD', 'REJECTED', status].includes(subscription.status),
            `${owner} is ${status} at ${apiId}, but has a subscription that is ${subscription?.status ?? ''}`,
          ],
        ]),
      ),
  );
}

function problems(found: readonly (readonly [boolean, string])[]): readonly string[] {
  return found.filter(([holds]) => holds).map(([, sentence]) => sentence);
}
