import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  findCore,
  GuardedFunction,
  ProtectedHttpApi,
  readOpenApiDocument,
  type EnvironmentDomain,
  type KeyboundCore,
} from 'keybound';

interface SampleDomain {
  readonly domainName: string;
  /** The address that consumers call, where that is not the domain. */
  readonly url?: string;
}

export interface SampleApisStackProps extends StackProps {
  /** The core, or the name of the deployment to find it by. */
  readonly core: KeyboundCore | string;
  /** @default the addresses that API Gateway gives */
  readonly domains?: {
    readonly certificateArn: string;
    readonly production: SampleDomain;
    readonly sandbox: SampleDomain;
  };
}

/** Two APIs to try Keybound with: PizzaShack wants a subscription, Petstore only a key. */
export class SampleApisStack extends Stack {
  constructor(scope: Construct, id: string, props: SampleApisStackProps) {
    super(scope, id, props);
    const domains = this.domains(props);
    const core = typeof props.core === 'string' ? findCore(this, props.core) : props.core;
    const shared = { core, ...(domains !== undefined && { domains }) };
    const pizzaShack = new ProtectedHttpApi(this, 'PizzaShack', {
      ...shared,
      definition: readOpenApiDocument(file('pizzashack/openapi.yaml')),
      context: '/pizzashack/1.0.0',
      subscription: 'required',
      provider: 'PizzaShack',
      refusals: 'detailed',
      backend: this.pizzaShackBackend(),
      cors: { allowOrigins: ['*'], allowHeaders: ['content-type'], maxAgeSeconds: 600 },
    });
    const petstore = new ProtectedHttpApi(this, 'Petstore', {
      ...shared,
      definition: readOpenApiDocument(file('petstore/openapi.yaml')),
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
      entry: file(`${folder}/handler.ts`),
      description: `Backend of the sample API ${name}`,
      timeout: Duration.seconds(10),
      environment,
      logRetention: RetentionDays.ONE_WEEK,
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

function file(path: string): string {
  return `${import.meta.dirname}/${path}`;
}
