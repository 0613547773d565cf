import { CustomResource, Stack } from 'aws-cdk-lib';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { RESOURCE_TYPES, writeRegistration } from '../../../lambdas/contract/registration.ts';
import { formatFreshness } from '../../../lambdas/core/decision/freshness.ts';
import type { KeyedApiProps } from '../../constructs/keyed-api-props.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';
import type { RegisteredDefinition } from '../../open-api/registered-definition.ts';
import { REGISTRAR_SERVICE_TIMEOUT } from '../core/registrar.ts';
import { nameAndLogicalId } from './access-log-group.ts';
import { DEFAULT_FRESHNESS } from './keyed-stage-variables.ts';

/** The facts about an API that its properties do not have. */
export interface RegisteredApi {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags: readonly string[] | undefined;
  readonly location: KeyLocation;
  readonly gatewayApiId: string;
  readonly logGroup: LogGroup;
  readonly urls: Readonly<Record<'production' | 'sandbox', string>>;
  readonly document: RegisteredDefinition;
}

/** Registers the API that `scope` makes with the core, so that developers find it in the portal. */
export function registerApi(scope: Construct, props: KeyedApiProps, api: RegisteredApi): CustomResource {
  const { header, queryParameter } = api.location;
  const registration = new CustomResource(scope, 'Registration', {
    serviceToken: props.core.registrarArn,
    resourceType: RESOURCE_TYPES.api,
    serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
    properties: writeRegistration({
      name: api.title,
      version: api.version,
      context: props.context,
      description: api.description,
      provider: props.provider ?? Stack.of(scope).stackName,
      requiresSubscription: props.subscription === 'required',
      policies: props.policies,
      tags: api.tags,
      approvesSubscriptions: props.subscriptionApproval ?? false,
      acceptsImportedKeys: props.acceptImportedKeys ?? false,
      initialLifecycle: props.initialLifecycle ?? 'PUBLISHED',
      ...(header !== undefined && { keyHeader: header }),
      ...(queryParameter !== undefined && { keyQueryParameter: queryParameter }),
      gatewayApiId: api.gatewayApiId,
      accessLogGroup: nameAndLogicalId(api.logGroup),
      freshness: formatFreshness(props.freshness ?? DEFAULT_FRESHNESS),
      productionUrl: api.urls.production,
      sandboxUrl: api.urls.sandbox,
      definition: api.document.definition,
    }),
  });
  registration.node.addDependency(...api.document.parts);
  return registration;
}
