import {
  LINK_PROOF_ATTRIBUTES,
  LISTING_INDEX,
  LISTINGS,
  PARTITION_PREFIXES,
  type PartitionKind,
} from '../../../lambdas/platform/dynamodb/keys.ts';

/** Actions of DynamoDB on items. Neither `Scan` nor PartiQL: no condition could limit them to some partitions. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

/** A function's rights to items of some kinds. */
export interface ItemRight {
  readonly kinds: readonly PartitionKind[];
  readonly actions: readonly ItemAction[];
  /** Absent: whole items. With it, a read must name its attributes, and these alone. */
  readonly attributes?: readonly string[];
}

/** A function's rights to the table. */
export interface TableRights {
  readonly items: readonly ItemRight[];
  /** Patterns of the lists of the index that it may query; absent: none. */
  readonly listings?: readonly string[];
}

const may = (kinds: readonly PartitionKind[], ...actions: readonly ItemAction[]): ItemRight => ({
  kinds,
  actions,
});

/** Keys, links and applications: who manages them reads, changes and conditions on all of it. */
const OF_OWNERS = may(
  ['owner'],
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'ConditionCheckItem',
);

const all = (listing: (of: string) => string): string => listing('*');

/**
 * The rights of each function's role to the table, and no others: one row for each function. Whoever acts can put entries
 * of the audit trail, and nobody can update or delete them. IAM cannot tell a new entry from one that replaces another, so
 * their ids are random, and each is written on condition that there is none.
 */
export const TABLE_RIGHTS = {
  Authorizer: {
    items: [
      may(['credential', 'api', 'policy', 'counter'], 'GetItem'),
      may(['counter'], 'UpdateItem'),
      // Of what is a developer's, the policy of an application and nothing else.
      { ...may(['owner'], 'GetItem'), attributes: ['pk', 'sk', 'throttlingPolicy'] },
    ],
  },
  Registrar: {
    items: [
      may(['api', 'logGroup'], 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
      may(['policy'], 'GetItem', 'Query', 'PutItem'),
      may(['audit'], 'PutItem'),
    ],
  },
  Portal: {
    items: [
      OF_OWNERS,
      may(['credential'], 'GetItem', 'PutItem', 'UpdateItem'),
      may(['key'], 'GetItem', 'BatchGetItem', 'PutItem'),
      may(['subscription'], 'GetItem', 'PutItem', 'DeleteItem'),
      may(['api'], 'GetItem', 'BatchGetItem', 'ConditionCheckItem'),
      may(['policy'], 'GetItem', 'Query', 'UpdateItem'),
      may(['refusal', 'counter'], 'GetItem'),
      may(['calls'], 'Query'),
      may(['audit'], 'PutItem'),
    ],
    listings: [LISTINGS.apis, all(LISTINGS.refusalsOf)],
  },
  Admin: {
    items: [
      OF_OWNERS,
      may(['credential'], 'GetItem', 'PutItem', 'UpdateItem'),
      may(['key'], 'GetItem', 'BatchGetItem', 'PutItem'),
      may(['subscription'], 'GetItem', 'PutItem'),
      may(['api'], 'GetItem', 'BatchGetItem', 'PutItem'),
      may(['policy'], 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
      may(['calls'], 'Query', 'BatchGetItem'),
      may(['audit'], 'Query', 'PutItem'),
    ],
    listings: [LISTINGS.apis, LISTINGS.apiNames, LISTINGS.applications, LISTINGS.keys, all(LISTINGS.auditOf)],
  },
  Publisher: {
    items: [
      OF_OWNERS,
      may(['credential'], 'UpdateItem'),
      may(['subscription'], 'GetItem'),
      may(['api'], 'GetItem', 'BatchGetItem', 'UpdateItem'),
      may(['policy'], 'GetItem', 'Query', 'UpdateItem'),
      may(['calls'], 'Query'),
      may(['audit'], 'PutItem'),
    ],
    listings: [
      LISTINGS.apis,
      all(LISTINGS.subscriptionsOf),
      all(LISTINGS.decisionsOf),
      // Entries about APIs: their ids are UUIDs of version 8, those of keys, applications and subscriptions of version 4.
      LISTINGS.auditOf('????????-????-8???-????-????????????'),
    ],
  },
  // Open to everybody: it does no more than to end a key whose value is presented.
  Holder: {
    items: [
      may(['credential'], 'GetItem', 'PutItem'),
      may(['key'], 'GetItem', 'PutItem'),
      may(['owner'], 'GetItem', 'UpdateItem', 'DeleteItem'),
      may(['audit'], 'PutItem'),
    ],
  },
  Usage: {
    items: [
      may(['logGroup'], 'GetItem'),
      may(['key'], 'BatchGetItem', 'GetItem', 'PutItem'),
      { ...may(['owner'], 'BatchGetItem'), attributes: LINK_PROOF_ATTRIBUTES },
      may(['calls'], 'UpdateItem'),
      may(['batch'], 'PutItem'),
      may(['refusal'], 'BatchWriteItem', 'UpdateItem'),
    ],
  },
  'Events/Publisher': {
    items: [may(['owner', 'key', 'api'], 'BatchGetItem'), may(['key'], 'PutItem'), may(['owner'], 'Query')],
    listings: [LISTINGS.apis, all(LISTINGS.expiringOn)],
  },
  'Resets/Resets': {
    items: [may(['api'], 'BatchGetItem'), may(['owner'], 'Query')],
    listings: [LISTINGS.apis, all(LISTINGS.expiringOn), all(LISTINGS.graceEndingOn)],
  },
} as const satisfies Readonly<Record<string, TableRights>>;

/** A function that has to do with the table, by the path of its construct in the core's stack. */
export type TableUser = keyof typeof TABLE_RIGHTS;

/** A statement of a policy, as JSON. */
export interface TableStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[] | string>>>>;
}

/**
 * The statements of a function's role about the table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function tableStatements(user: TableUser, tableArn: string): readonly TableStatement[] {
  const { items, listings = [] }: TableRights = TABLE_RIGHTS[user];
  return [
    ...items.map(({ kinds, actions, attributes }) => {
      const partitions = kinds.map((kind) => `${PARTITION_PREFIXES[kind]}*`);
      return statement(tableArn, actions, partitions, attributes);
    }),
    ...(listings.length > 0 ? [statement(`${tableArn}/index/${LISTING_INDEX}`, ['Query'], listings)] : []),
  ];
}

function statement(
  resource: string,
  actions: readonly ItemAction[],
  partitions: readonly string[],
  attributes?: readonly string[],
): TableStatement {
  return {
    Effect: 'Allow',
    Action: actions.map((action) => `dynamodb:${action}`),
    Resource: resource,
    Condition: {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': partitions,
        ...(attributes !== undefined && { 'dynamodb:Attributes': attributes }),
      },
      // "All values" holds of none at all: a read that names no attribute, and so means all, must not pass.
      ...(attributes !== undefined && {
        Null: { 'dynamodb:Attributes': 'false' },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      }),
    },
  };
}
