import { CfnParameter, DefaultTokenResolver, Reference, Tokenization, type IResolvable } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

type ResolveToken = Parameters<DefaultTokenResolver['resolveToken']>;

/** Writes references to what an app makes as texts, which stay the same while CDK ties stacks to each other. */
class NamedReferences extends DefaultTokenResolver {
  override resolveToken(
    token: IResolvable,
    context: ResolveToken[1],
    postProcessor: ResolveToken[2],
  ): unknown {
    if (!Reference.isReference(token)) {
      const found: unknown = super.resolveToken(token, context, postProcessor);
      return found;
    }
    const { target, displayName } = token;
    // Whoever deploys gives a parameter any value.
    return target instanceof CfnParameter
      ? { Ref: target.node.path }
      : referenceTo(`${target.node.path}.${displayName}`);
  }
}

const NAMED = new NamedReferences({
  join: (left: unknown, right: unknown): unknown =>
    typeof left === 'string' && typeof right === 'string'
      ? left + right
      : { 'Fn::Join': ['', [left, right]] },
});

/** What `value` is at this moment. References are texts within marks; what only the deployment knows is an object. */
export function resolved(scope: IConstruct, value: unknown): unknown {
  const found: unknown = Tokenization.resolve(value, { scope, resolver: NAMED });
  return found;
}

const [OPEN, CLOSE] = ['\u0002', '\u0003'];

function referenceTo(name: string): string {
  return OPEN + name + CLOSE;
}

/** Whether a resolved text has a reference to `target` in it. */
export function refersTo(text: string, target: IConstruct): boolean {
  return text.includes(`${OPEN}${target.node.path}.`);
}

/** Whether a resolved text has a reference in it. */
export function hasReference(text: string): boolean {
  return text.includes(OPEN);
}
