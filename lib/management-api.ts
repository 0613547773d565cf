import { type RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
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
import { acknowledge } from './acknowledge-findings.ts';
import { GROUP_HEADER } from '../lambdas/platform/http/read-caller.ts';
import { accessLogFormat } from './access-log-format.ts';
import { accessLogGroup } from './access-log-group.ts';
import type { Identity } from './identity.ts';

export interface ManagementApiProps {
  readonly identity: Identity;
  /** By path below which a function answers everything: `/api/am/devportal/v3`. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Answers what needs no token but the value of a key. */
  readonly holder: IFunction;
  /** Origins of the pages that may call the API from a browser. */
  readonly allowedOrigins: readonly string[];
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

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
          exposeHeaders: ['etag', 'idempotent-replayed'],
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
      path: '/api/keybound/v1/{proxy+}',
      methods: [HttpMethod.GET, HttpMethod.POST],
      integration: new HttpLambdaIntegration('holder', props.holder),
    });
    for (const route of holderRoutes) {
      acknowledge(route, {
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason:
          'Whoever found a key has no token; the value of the key is the credential, and the function checks it.',
      });
    }
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
    this.url = stage.url;
  }
}
