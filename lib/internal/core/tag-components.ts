import { Tags, type Stack } from 'aws-cdk-lib';

/** Constructs that bear the cost of one component together. */
const SHARED: Readonly<Record<string, string>> = {
  Admin: 'management',
  Holder: 'management',
  Portal: 'management',
  Publisher: 'management',
  UndeliveredUsage: 'usage',
};

/** Resource types that cost nothing, and so need no tag for the bill. */
const FREE = ['AWS::IAM::Role', 'AWS::SSM::Parameter'];

/**
 * Tags what each construct directly below `stack` makes with `keybound:component`: its name in lower case with dashes,
 * or the name that it shares with others.
 */
export function tagComponents(stack: Stack): void {
  for (const child of stack.node.children) {
    const { id } = child.node;
    Tags.of(child).add('keybound:component', SHARED[id] ?? dashed(id), { excludeResourceTypes: FREE });
  }
}

function dashed(id: string): string {
  return id.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
