import { type RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge-findings.ts';
import { accessLogFormat } from '../../../lambdas/contract/access-line.ts';
import { HOLDER_BASE } from '../../../lambdas/contract/api-paths.ts';
import { GROUP_HEADER } from '../../../lambdas/contract/roles.ts';
import { accessLogGroup } from '../gateway/access-log-group.ts';
import type { Identity } from '../../constructs/identity.ts';
import { DEFAULT_THROTTLING, routeSettings, type ManagementThrottling } from '../../constructs/throttling.ts';

export interface ManagementApiProps {
  readonly identity: Identity;
  /** By path below which a function answers everything: `/api/am/devportal/v3`. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Reads that want no token, and what answers them. Default: none. */
  readonly anonymous?: { readonly paths: readonly string[]; readonly function: IFunction };
  /** Answers what needs no token but the value of a key. */
  readonly holder: IFunction;
  /** Origins of the pages that may call the API from a browser. */
  readonly allowedOrigins: readonly string[];
  readonly throttling?: ManagementThrottling | undefined;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

const HOLDER_PATH = `${HOLDER_BASE}/{proxy+}`;
const HOLDER_METHODS = [HttpMethod.GET, HttpMethod.POST] as const;

/** The HTTP API for developers and administrators: every route wants a token of the identity provider. */
export class ManagementApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: ManagementApiProps) {
    super(scope, id);
    const { identity, functions, allowedOrigins } = props;
    const authorizer = new HttpJwtAuthorizer('Token', identity.issuer, { jwtAudience: [identity.audience] });
    this.api = new HttpApi(this, 'Api', {
      apiName: 'keybound-management',
      createDefaultStage: false,
      ...(allowedOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...allowedOrigins],
          allowMethods: [
            CorsHttpMethod.GET,
            CorsHttpMethod.POST,
            CorsHttpMethod.PUT,
            CorsHttpMethod.PATCH,
            CorsHttpMethod.DELETE,
          ],
          allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', GROUP_HEADER],
          exposeHeaders: ['etag', 'idempotent-replayed', 'location'],
        },
      }),
    });
    for (const [path, handler] of Object.entries(functions)) {
      this.api.addRoutes({
        path: `${path}/{proxy+}`,
        methods: [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE],
        integration: new HttpLambdaIntegration(path.replaceAll('/', '-'), handler),
        authorizer,
      });
    }
    const holderRoutes = this.api.addRoutes({
      path: HOLDER_PATH,
      methods: [...HOLDER_METHODS],
      integration: new HttpLambdaIntegration('holder', props.holder),
    });
    for (const route of holderRoutes) {
      acknowledge(route, {
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason:
          'Whoever found a key has no token; the value of the key is the credential, and the function checks it.',
      });
    }
    this.addAnonymousRoutes(props);
    const logGroup = accessLogGroup(this, {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLogFormat({ subject: '$context.authorizer.claims.sub' })),
      },
    });
    const { management = DEFAULT_THROTTLING.management, holder = DEFAULT_THROTTLING.holder } =
      props.throttling ?? {};
    const resource = stage.node.defaultChild;
    if (!(resource instanceof CfnStage)) throw new Error('the stage of the management API has no resource');
    resource.defaultRouteSettings = {
      throttlingRateLimit: management.rateLimit,
      throttlingBurstLimit: management.burstLimit,
    };
    // Anybody can call these.
    resource.routeSettings = routeSettings(
      Object.fromEntries(HOLDER_METHODS.map((method) => [`${method} ${HOLDER_PATH}`, holder])),
    );
    resource.node.addDependency(...holderRoutes);
    this.url = stage.url;
  }

  /** The gateway hands these on without looking at a token; the function shows everybody the same. */
  private addAnonymousRoutes({ anonymous }: ManagementApiProps): void {
    if (anonymous === undefined) return;
    const integration = new HttpLambdaIntegration('anonymous', anonymous.function);
    for (const path of anonymous.paths) {
      for (const route of this.api.addRoutes({ path, methods: [HttpMethod.GET], integration })) {
        acknowledge(route, {
          id: 'AwsSolutions::AwsSolutions-APIG4',
          reason: 'The team opens its catalogue to everybody: the route reads only what everybody can see.',
        });
      }
    }
  }
}
