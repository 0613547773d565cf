/** The status of a resource in `DescribeStackResource`, such as `CREATE_IN_PROGRESS`. */
type Verb = 'CREATE' | 'UPDATE' | 'DELETE';
export type ResourceStatus = `${Verb}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`;
export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE';

export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: StackStatus;
}

export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly status: ResourceStatus;
  /** Absent while it is being created. */
  readonly physicalId?: string;
  /** As the template has them. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** CloudFormation's knowledge of the stacks: filled while they are deployed, read by functions. */
export interface StackRegistry {
  setStack(stack: StackRecord): void;
  setResource(stackId: string, resource: ResourceRecord): void;
  /** By name or id. A deleted stack is found by its id alone, as on AWS. */
  stack(nameOrId: string): StackRecord | undefined;
  resource(stackId: string, logicalId: string): ResourceRecord | undefined;
  /** The resource of a type with this physical id, and its stack. */
  owner(
    type: string,
    physicalId: string,
  ): { readonly stack: StackRecord; readonly resource: ResourceRecord } | undefined;
}

export function createStackRegistry(): StackRegistry {
  const stacks = new Map<string, { record: StackRecord; readonly resources: Map<string, ResourceRecord> }>();
  return {
    setStack(record) {
      const known = stacks.get(record.stackId);
      if (known === undefined) stacks.set(record.stackId, { record, resources: new Map() });
      else known.record = record;
    },
    setResource(stackId, resource) {
      stacks.get(stackId)?.resources.set(resource.logicalId, resource);
    },
    stack: (nameOrId) =>
      stacks.get(nameOrId)?.record ??
      Array.from(stacks.values(), ({ record }) => record).find(
        ({ stackName, status }) => stackName === nameOrId && status !== 'DELETE_COMPLETE',
      ),
    resource: (stackId, logicalId) => stacks.get(stackId)?.resources.get(logicalId),
    owner(type, physicalId) {
      for (const { record, resources } of stacks.values()) {
        for (const resource of resources.values()) {
          if (resource.type === type && resource.physicalId === physicalId) {
            return { stack: record, resource };
          }
        }
      }
      return undefined;
    },
  };
}
