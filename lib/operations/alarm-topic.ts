import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Gets a mail to confirm, and then one for every alarm. */
  readonly email?: string;
}

/**
 * The topic that alarms of this account notify. Encrypted with a key of its own: to a topic under the key that AWS
 * manages for SNS, CloudWatch cannot publish.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export function alarmTopic(scope: Construct, id: string, { email }: AlarmTopicProps): Topic {
  const { account } = Stack.of(scope);
  const cloudWatch = {
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  };
  const key = new Key(scope, `${id}Key`, {
    description: 'Encrypts the notifications of alarms of Keybound',
    enableKeyRotation: true,
    // Nothing is kept that is encrypted with it.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      ...cloudWatch,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // In the policy of a key, this is the key.
      resources: ['*'],
    }),
  );
  const topic = new Topic(scope, id, { masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({ ...cloudWatch, actions: ['sns:Publish'], resources: [topic.topicArn] }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
