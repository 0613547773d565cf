import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { checkProps } from '../internal/checks/check-props.ts';
import { GuardedFunction } from '../constructs/guarded-function.ts';
import { KeyboundCore } from '../constructs/keybound-core.ts';
import { readOpenApiDocument } from '../open-api/open-api-document.ts';
import { retentionDays, stackProps } from '../internal/checks/prop-kinds.ts';
import { ProtectedHttpApi } from '../constructs/protected-http-api.ts';
import type { EnvironmentDomain } from '../constructs/protected-http-api-props.ts';
import { tagComponents } from '../internal/core/tag-components.ts';

type SampleDomain = Readonly<z.infer<typeof SampleDomain>>;
const SampleDomain = z.strictObject({ domainName: z.string(), url: z.string().optional() });

export type SampleApisStackProps = StackProps &
  Readonly<Omit<z.infer<typeof SampleApisStackProps>, keyof StackProps>>;
const SampleApisStackProps = z.strictObject({
  ...stackProps,
  core: KeyboundCore,
  /** Absent: the addresses that API Gateway gives. */
  domains: z
    .strictObject({ certificateArn: z.string(), production: SampleDomain, sandbox: SampleDomain })
    .readonly()
    .optional(),
  /** How long logs are kept. Default: that of `ProtectedHttpApi` for access logs, a week for backends. */
  logRetention: retentionDays.optional(),
});

/** Two APIs to try Keybound with: PizzaShack wants a subscription, Petstore only a key. */
export class SampleApisStack extends Stack {
  private readonly logRetention: RetentionDays | undefined;

  constructor(scope: Construct, id: string, props: SampleApisStackProps) {
    checkProps(scope, id, SampleApisStackProps, props);
    super(scope, id, props);
    this.logRetention = props.logRetention;
    const domains = this.domains(props);
    const shared = {
      core: props.core,
      ...(domains !== undefined && { domains }),
      ...(props.logRetention !== undefined && { logRetention: props.logRetention }),
    };
    const pizzaShack = new ProtectedHttpApi(this, 'PizzaShack', {
      ...shared,
      definition: readOpenApiDocument(sample('pizzashack/openapi.yaml')),
      context: '/pizzashack/1.0.0',
      subscription: 'required',
      provider: 'PizzaShack',
      refusals: 'detailed',
      backend: this.pizzaShackBackend(),
      cors: { allowOrigins: ['*'], allowHeaders: ['content-type'], maxAgeSeconds: 600 },
    });
    const petstore = new ProtectedHttpApi(this, 'Petstore', {
      ...shared,
      definition: readOpenApiDocument(sample('petstore/openapi.yaml')),
      context: '/v2',
      subscription: 'optional',
      provider: 'Petstore',
      refusals: 'detailed-fault',
      backend: this.backend('Petstore', 'petstore', {}),
    });
    for (const [name, api] of Object.entries({ PizzaShack: pizzaShack, Petstore: petstore })) {
      new CfnOutput(this, `${name}ApiId`, { value: api.apiId });
      new CfnOutput(this, `${name}Url`, { value: api.urls.production });
      new CfnOutput(this, `${name}SandboxUrl`, { value: api.urls.sandbox });
    }
    tagComponents(this);
  }

  private pizzaShackBackend() {
    const orders = new TableV2(this, 'Orders', {
      partitionKey: { name: 'owner', type: AttributeType.STRING },
      sortKey: { name: 'orderId', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const backend = this.backend('PizzaShack', 'pizzashack', { ORDERS_TABLE: orders.tableName });
    backend.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: [orders.tableArn],
      }),
    );
    return backend;
  }

  private backend(name: string, folder: string, environment: Readonly<Record<string, string>>) {
    return new GuardedFunction(this, `${name}Backend`, {
      entry: sample(`${folder}/handler.ts`),
      description: `Backend of the sample API ${name}`,
      memorySize: 256,
      timeout: Duration.seconds(10),
      environment,
      logRetention: this.logRetention ?? RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private domains({
    domains,
  }: SampleApisStackProps): Record<'production' | 'sandbox', EnvironmentDomain> | undefined {
    if (domains === undefined) return undefined;
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', domains.certificateArn);
    const domain = (id: string, { domainName, ...rest }: SampleDomain) => ({
      domain: new DomainName(this, id, { domainName, certificate }),
      ...rest,
    });
    return {
      production: domain('ProductionDomain', domains.production),
      sandbox: domain('SandboxDomain', domains.sandbox),
    };
  }
}

function sample(path: string): string {
  return fileURLToPath(new URL(`../../apis/${path}`, import.meta.url));
}
