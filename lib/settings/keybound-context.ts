import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';
import type { Continued } from '../../lambdas/core/apis/decide-continuity.ts';
import { LOCAL_DEPLOYMENT } from './check-deployment.ts';
import { CommandLineSettings, DeploymentSettings, SettingsFile } from './deployment-settings.ts';
import type { Identity } from '../constructs/identity.ts';
import type { ExistingTable } from '../internal/core/key-table.ts';
import { readSettingsFile, settingsFileOf } from './settings-file.ts';
import { settingsProblems } from './settings-problems.ts';

/** The settings of a deployment. */
export interface KeyboundContext {
  readonly deployment: string;
  /** Absent: wherever the credentials lead. */
  readonly env?: { readonly account?: string; readonly region?: string };
  readonly throwAway: boolean;
  readonly terminationProtection?: boolean;
  readonly keyPrefix: string;
  readonly portalOrigins: readonly string[];
  readonly commandLineSignIn?: boolean;
  readonly mfa?: 'required' | 'off';
  readonly identity?: Identity;
  readonly existingTable?: ExistingTable;
  readonly encryptionKeyArn?: string;
  /** Custom domains of APIs, which later deployments must not drop. */
  readonly domains: readonly string[];
  readonly allowChange: readonly Continued[];
  /** Whether functions are traced with X-Ray. */
  readonly tracing: boolean;
  readonly logRetention?: RetentionDays;
  readonly alarmEmail?: string;
  /** Whether the catalogue of APIs can be read without signing in. */
  readonly anonymousCatalogue?: boolean;
  /** Value of a tag that everything bears, for the bill. */
  readonly costCenter?: string;
}

/** The settings that the command line can override or add. */
const Overrides = DeploymentSettings.partial().extend(CommandLineSettings.shape);

/**
 * Reads what is to be deployed: the file of the deployment in `directory`, and the context of the app, which wins.
 * Without a directory, and for the local runner, the context says it all.
 * @throws Error that names every value that is wrong or unknown, or that goes with none or not with another.
 */
export function readContext(node: Node, directory?: string): KeyboundContext {
  const given = contextOf(node);
  const unknown = Object.keys(given).filter((name) => !(name in Overrides.shape));
  const { deployment = 'dev', allowChange } = checked(
    'the command line',
    CommandLineSettings,
    given,
    unknown.map(
      (name) => `there is no setting ${name}; there are ${Object.keys(Overrides.shape).join(', ')}`,
    ),
  );
  const hasFile = directory !== undefined && deployment !== LOCAL_DEPLOYMENT;
  const filed = hasFile ? readSettingsFile(directory, deployment) : {};
  if (hasFile) checked(settingsFileOf(deployment), SettingsFile, filed);
  const settings = checked(`the deployment ${deployment}`, DeploymentSettings, { ...filed, ...given });
  const problems = settingsProblems(settings);
  if (problems.length > 0) throw unusable(`the deployment ${deployment}`, problems);
  return { deployment, allowChange, ...contextFrom(settings) };
}

/** What is for CDK has a colon or an at sign in its name; nothing else is ignored. */
function contextOf(node: Node): Readonly<Record<string, unknown>> {
  const all = z.record(z.string(), z.unknown()).parse(node.getAllContext());
  return Object.fromEntries(Object.entries(all).filter(([name]) => !/[:@]/.test(name)));
}

function checked<T>(
  where: string,
  schema: z.ZodType<T>,
  values: Readonly<Record<string, unknown>>,
  others: readonly string[] = [],
): T {
  const reading = schema.safeParse(values);
  const problems = [
    ...others,
    ...(reading.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`.trim()),
  ];
  if (!reading.success || problems.length > 0) throw unusable(where, problems);
  return reading.data;
}

function unusable(where: string, problems: readonly string[]): Error {
  return new Error(`the settings of ${where} are invalid: ${problems.join('; ')}`);
}

function contextFrom(settings: DeploymentSettings): Omit<KeyboundContext, 'deployment' | 'allowChange'> {
  const {
    account,
    region,
    issuer,
    audience,
    rolesClaim = 'cognito:groups',
    accessScope,
    tableArn,
    tableStreamArn,
  } = settings;
  const { throwAway, keyPrefix, portalOrigins, tracing, domains } = settings;
  const {
    terminationProtection,
    commandLineSignIn,
    mfa,
    encryptionKeyArn,
    logRetentionDays,
    alarmEmail,
    anonymousCatalogue,
    costCenter,
  } = settings;
  return {
    throwAway,
    keyPrefix,
    portalOrigins,
    tracing,
    domains,
    ...((account ?? region) !== undefined && {
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
    }),
    ...(terminationProtection !== undefined && { terminationProtection }),
    ...(commandLineSignIn !== undefined && { commandLineSignIn }),
    ...(mfa !== undefined && { mfa }),
    ...(issuer !== undefined &&
      audience !== undefined && {
        identity: { issuer, audience, rolesClaim, ...(accessScope !== undefined && { accessScope }) },
      }),
    ...(tableArn !== undefined &&
      tableStreamArn !== undefined && { existingTable: { tableArn, tableStreamArn } }),
    ...(encryptionKeyArn !== undefined && { encryptionKeyArn }),
    ...(anonymousCatalogue && { anonymousCatalogue }),
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(costCenter !== undefined && { costCenter }),
  };
}
