import { Aws, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { BundledFunction } from './bundled-function.ts';

const USE = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
  (action) => `kms:${action}`,
);

/**
 * Encrypts with `key` what of `stack` holds data of users: log groups and queues, beside the table. Functions can use
 * the key through DynamoDB and SQS, and for nothing else.
 */
export function encryptWith(stack: Stack, key: IKey): void {
  for (const child of stack.node.findAll()) {
    if (child instanceof CfnLogGroup) child.kmsKeyId = key.keyArn;
    if (child instanceof CfnQueue) {
      child.sqsManagedSseEnabled = undefined;
      child.kmsMasterKeyId = key.keyArn;
    }
    if (child instanceof BundledFunction) {
      child.function.addToRolePolicy(
        new PolicyStatement({
          actions: USE,
          resources: [key.keyArn],
          conditions: {
            StringEquals: {
              'kms:ViaService': ['dynamodb', 'sqs'].map(
                (service) => `${service}.${Aws.REGION}.amazonaws.com`,
              ),
            },
          },
        }),
      );
    }
  }
  allowServices(key);
}

/** Does nothing for a key that this app does not make. */
function allowServices(key: IKey): void {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
      actions: USE,
      // In the policy of a key, this is the key.
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*`,
        },
      },
    }),
  );
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}
