import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { FUNCTIONS, OWN_ISSUER, synthesizeCore } from './core-stack.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

const clientOf = (props: Parameters<typeof synthesizeCore>[0]) =>
  synthesizeCore(props).at('Identity/Users/Client').properties;
const COMMAND_LINE = 'http://localhost:8976/';

describe("the user pool's client", () => {
  it.each(['prod', 'production', 'live', 'dev'])(
    'of the deployment %s sends nobody back to localhost unless it is asked to',
    (stage) => {
      const portalOrigins = ['https://portal.example.com'];
      expect(clientOf({ deployment: stage, portalOrigins })['CallbackURLs']).toEqual(portalOrigins);
      expect(clientOf({ deployment: stage, portalOrigins, commandLineSignIn: true })['CallbackURLs']).toEqual(
        [...portalOrigins, COMMAND_LINE],
      );
    },
  );

  it('serves the command line where everything can be thrown away', () => {
    expect(clientOf({ throwAway: true })['CallbackURLs']).toEqual([COMMAND_LINE]);
  });

  it('that can send nobody anywhere has no flow of the sign-in page', () => {
    const client = clientOf({});
    expect(client).not.toHaveProperty('CallbackURLs');
    expect(client['AllowedOAuthFlowsUserPoolClient']).toBe(false);
  });
});

describe('the second factor', () => {
  const mfa = (props: Parameters<typeof synthesizeCore>[0]) =>
    synthesizeCore(props).at('Identity/Users').properties['MfaConfiguration'] ?? 'OFF';

  it('is required, so that the sign-in page lets people enrol, or off, and never in between', () => {
    expect(mfa({ deployment: 'prod' })).toBe('ON');
    expect(mfa({ throwAway: true })).toBe('OFF');
    expect(mfa({ mfa: 'off' })).toBe('OFF');
    expect(mfa({ throwAway: true, mfa: 'required' })).toBe('ON');
  });
});

describe('the outputs of the core', () => {
  const Outputs = z.record(z.string(), z.object({ Description: z.string().min(10) }));
  const outputsOf = (props: Parameters<typeof synthesizeCore>[0]) =>
    Object.keys(
      Outputs.parse(
        Template.fromStack(
          new KeyboundStack(quickApp(), 'Core', {
            deployment: 'dev',
            keyPrefix: 'kb',
            portalOrigins: [],
            ...props,
          }),
        ).toJSON()['Outputs'],
      ),
    ).toSorted();
  const always = [
    'AlarmTopicArn',
    'Audience',
    'EventBusArn',
    'Issuer',
    'ManagementApiId',
    'ManagementApiUrl',
    'TableName',
    'UndeliveredEventsUrl',
    'UndeliveredResetsUrl',
    'UndeliveredUsageUrl',
  ];

  it('have fixed names, and descriptions', () => {
    expect(outputsOf({ identity: OWN_ISSUER })).toEqual(always);
    expect(outputsOf({})).toEqual([...always, 'ClientId', 'SignInUrl', 'UserPoolId'].toSorted());
  });
});

describe('an encryption key of its own', () => {
  const stack = () => {
    const app = quickApp();
    const scope = new Stack(app, 'Keys');
    return readStack(
      new KeyboundStack(app, 'Core', {
        deployment: 'prod',
        keyPrefix: 'kb',
        portalOrigins: [],
        env: { region: 'eu-west-1' },
        encryptionKey: Key.fromKeyArn(
          scope,
          'Key',
          'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        ),
      }),
    );
  };

  it('encrypts the table, every log group and every queue, and functions can use it through these services alone', () => {
    const read = stack();
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    expect(JSON.stringify(read.at('Table').properties)).toContain(`"KMSMasterKeyId":"${arn}"`);
    for (const { properties } of read.ofType('AWS::Logs::LogGroup')) expect(properties['KmsKeyId']).toBe(arn);
    const queues = read.ofType('AWS::SQS::Queue');
    expect(queues).toHaveLength(3);
    for (const { properties } of queues) {
      expect(properties['KmsMasterKeyId']).toBe(arn);
      expect(properties).not.toHaveProperty('SqsManagedSseEnabled');
    }
    const policies = read
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => JSON.stringify(properties).includes('kms:'));
    expect(policies).toHaveLength(FUNCTIONS.length);
    for (const { properties } of policies) {
      const text = JSON.stringify(properties);
      expect(text).toContain(
        '"kms:ViaService":["dynamodb.${AWS::Region}.amazonaws.com","sqs.${AWS::Region}.amazonaws.com"]',
      );
      expect(text).not.toContain('kms:*');
    }
  });
});
