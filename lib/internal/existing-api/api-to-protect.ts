import { CfnApi, type IHttpApi, type IHttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { valueIn } from '../checks/value-in.ts';

/** An HTTP API of this app, and its resource. */
export interface ApiToProtect {
  readonly construct: Construct & IHttpApi;
  readonly resource: CfnApi;
}

/** @throws Error that names the API of `route`, if its stages and integrations cannot be set here, and the way out. */
export function apiToProtect(route: IHttpRoute, authorizerId: string): ApiToProtect {
  // A route of a WebSocket API has none.
  const api: unknown = valueIn(route, 'httpApi');
  if (!isHttpApi(api)) {
    throw new Error(
      `${route.node.path}: the authorizer ${authorizerId} is for HTTP APIs, and this is no route of one: API Gateway has keys for WebSocket APIs and REST APIs itself`,
    );
  }
  const refuse = (why: string) => new Error(`${api.node.path}: the authorizer ${authorizerId} ${why}`);
  const resource = api.node.defaultChild;
  if (!(resource instanceof CfnApi)) {
    throw refuse(
      'cannot protect an API that is imported: its stages and integrations, which would have to take the key out, are made elsewhere; use the authorizer where the HttpApi is made',
    );
  }
  if (resource.protocolType !== undefined && resource.protocolType !== 'HTTP') {
    throw refuse(`is for HTTP APIs, and the protocol of this is ${resource.protocolType}`);
  }
  if ([resource.body, resource.bodyS3Location, resource.target].some((value) => value !== undefined)) {
    throw refuse(
      'cannot protect an API whose routes are in its body or target, where nothing can take the key out: use ProtectedHttpApi with the OpenAPI document, or add the routes with addRoutes',
    );
  }
  return { construct: api, resource };
}

function isHttpApi(api: unknown): api is Construct & IHttpApi {
  return Construct.isConstruct(api) && typeof valueIn(api, 'apiId') === 'string';
}
