import { Lazy, Stack } from 'aws-cdk-lib';
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { z } from 'zod';
import type { KeyType } from '../../../lambdas/core/decision/credential.ts';
import { STAGE_NAMES } from '../../../lambdas/core/decision/environment.ts';
import { stageThrottling, throttlingProblems } from '../../constructs/throttling.ts';
import type { KeyboundAuthorizerProps } from '../../constructs/keybound-authorizer-props.ts';
import type { ByEnvironment } from '../../constructs/backend.ts';
import { resolved } from '../checks/resolved.ts';

/** A stage that is an environment. */
export interface KeyedStage {
  readonly stage: CfnStage;
  readonly keyType: KeyType;
}

/** The names of an API's stages: `$default` and `sandbox`, unless its properties say otherwise. */
export function stageNamesOf({ stageNames }: KeyboundAuthorizerProps): ByEnvironment<string> {
  return {
    production: stageNames?.production ?? '$default',
    sandbox: stageNames?.sandbox ?? STAGE_NAMES.SANDBOX,
  };
}

/** Problems of the names themselves. */
export function stageNameProblems(props: KeyboundAuthorizerProps): readonly string[] {
  const { production, sandbox } = stageNamesOf(props);
  return [
    ...(production === sandbox ? [`both environments have the stage ${production}: each needs its own`] : []),
    ...(props.freshness?.mode === 'gateway' &&
    (production !== STAGE_NAMES.PRODUCTION || sandbox !== STAGE_NAMES.SANDBOX)
      ? [
          `the freshness gateway needs stages that are called ${STAGE_NAMES.PRODUCTION} and ${STAGE_NAMES.SANDBOX}: only their decisions can be taken back; add them, and name them in stageNames`,
        ]
      : []),
  ];
}

/** The environments among the stages of an API. */
export function keyedStages(
  stages: readonly CfnStage[],
  names: ByEnvironment<string>,
): readonly KeyedStage[] {
  return stages.flatMap((stage) => {
    if (stage.stageName === names.production) return { stage, keyType: 'PRODUCTION' } as const;
    return stage.stageName === names.sandbox ? ({ stage, keyType: 'SANDBOX' } as const) : [];
  });
}

/** Problems of the stages of an API in the stack `home`. */
export function stageProblems(
  stages: readonly CfnStage[],
  props: KeyboundAuthorizerProps,
  { home, routeKeys }: { readonly home: Stack; readonly routeKeys: readonly string[] },
): readonly string[] {
  const names = stageNamesOf(props);
  const found = keyedStages(stages, names);
  const problems = Object.entries(names).flatMap(([environment, name]) => {
    const own = found.filter(({ stage }) => stage.stageName === name);
    if (own.length === 1) return [];
    if (own.length === 0) {
      return [
        `it has no stage ${name}, which is ${environment}: add it with addStage, or name another with stageNames`,
      ];
    }
    return [
      `it has the stage ${name} more than once: ${own.map(({ stage }) => stage.node.path).join(', ')}; say createSandboxStage: false to keep yours`,
    ];
  });
  return [
    ...problems,
    ...stages.flatMap((stage) =>
      oneStageProblems(stage, names, home).map(
        (problem) => `the stage ${stage.stageName} (${stage.node.path}) ${problem}`,
      ),
    ),
    ...found.flatMap(({ stage, keyType }) => throttleConflicts(stage, keyType, props)),
    ...throttlingProblems(props.throttling, routeKeys),
  ];
}

function oneStageProblems(stage: CfnStage, names: ByEnvironment<string>, home: Stack): readonly string[] {
  const problems: string[] = [];
  if (stage.stageName !== names.production && stage.stageName !== names.sandbox) {
    problems.push(
      `is neither production (${names.production}) nor sandbox (${names.sandbox}), so that no key would fit: remove it, or name it in stageNames`,
    );
  }
  if (stage.autoDeploy !== true) {
    problems.push(
      'is not deployed with the stack: pass autoDeploy: true, else routes and integrations of before go on',
    );
  }
  const reserved = Object.keys(reservedVariables(stage));
  if (reserved.length > 0) {
    problems.push(
      `has the stage variables ${reserved.join(', ')}, and the authorizer takes what begins with ${RESERVED} for its own: give them other names`,
    );
  }
  if (stage.accessLogSettings !== undefined) {
    problems.push(
      'has accessLogSettings of its own, and calls are counted from a log of Keybound: remove them',
    );
  }
  if (Stack.of(stage) !== home) {
    problems.push(
      `is in the stack ${Stack.of(stage).stackName}, and its API in ${home.stackName}: make it there`,
    );
  }
  return problems;
}

function throttleConflicts(
  stage: CfnStage,
  keyType: KeyType,
  { throttling }: KeyboundAuthorizerProps,
): readonly string[] {
  const environment = STAGE_NAMES[keyType];
  if (throttling?.[environment] === undefined) return [];
  return stage.routeSettings === undefined && !isThrottled(stage)
    ? []
    : [
        `the stage ${stage.stageName} (${stage.node.path}) has limits, and so has throttling.${environment}: remove one`,
      ];
}

/** Whether a stage has limits, or settings that only the deployment knows, which can be limits. */
function isThrottled(stage: CfnStage): boolean {
  const settings = routeSettingsOf(stage);
  if (settings === undefined) return true;
  return settings.throttlingRateLimit !== undefined || settings.throttlingBurstLimit !== undefined;
}

function routeSettingsOf({
  defaultRouteSettings: settings = {},
}: CfnStage): CfnStage.RouteSettingsProperty | undefined {
  return 'resolve' in settings ? undefined : settings;
}

const Variables = z.record(z.string(), z.unknown()).default({});

/** What a stage tells the authorizer at this moment: of its variables, those with the names that Keybound keeps. */
export function reservedVariables(stage: CfnStage): Readonly<Record<string, unknown>> {
  const variables = Variables.parse(resolved(stage, stage.stageVariables));
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith(RESERVED)));
}

/** How the names of all variables begin that the authorizer reads. */
const RESERVED = 'keybound';

/** Gives a stage its variables beside those that it has, its access log, and limits where it has none. */
export function setStage(
  { stage, keyType }: KeyedStage,
  settings: {
    readonly variables: Readonly<Record<string, string>>;
    readonly accessLog: CfnStage.AccessLogSettingsProperty;
    readonly throttling: KeyboundAuthorizerProps['throttling'];
  },
): void {
  const theirs: unknown = stage.stageVariables;
  stage.stageVariables = Lazy.uncachedAny({
    produce: (context) => ({ ...Variables.parse(context.resolve(theirs)), ...settings.variables }),
  });
  stage.accessLogSettings = settings.accessLog;
  if (isThrottled(stage)) return;
  const { defaultRouteSettings, routeSettings } = stageThrottling(STAGE_NAMES[keyType], settings.throttling);
  stage.defaultRouteSettings = { ...routeSettingsOf(stage), ...defaultRouteSettings };
  if (routeSettings !== undefined) stage.routeSettings = routeSettings;
}
