import { z } from 'zod';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { gatewayId } from '../physical-names.ts';
import { apiPartsOf } from './http-api.ts';
import { harmless, parseProperties } from './parse-properties.ts';

const domainNameProperties = z.strictObject({
  DomainName: z.string(),
  MutualTlsAuthentication: z.undefined('mutual TLS is not supported').optional(),
  RoutingMode: z.literal('API_MAPPING_ONLY', 'routing rules are not supported').optional(),
  // Served over plain HTTP on loopback, so certificates and endpoint types mean nothing.
  DomainNameConfigurations: harmless,
  Tags: harmless,
});

/** `AWS::ApiGatewayV2::DomainName` */
export function deployDomainName(context: ResourceContext): DeployedResource {
  const { DomainName } = parseProperties(context, domainNameProperties);
  context.collected.domainNames.add(DomainName);
  return {
    ref: DomainName,
    attributes: { RegionalDomainName: DomainName, RegionalHostedZoneId: 'ZLOCAL' },
  };
}

const mappingProperties = z.strictObject({
  ApiId: z.string(),
  ApiMappingKey: z.string().max(300, 'API Gateway takes at most 300 characters').default(''),
  DomainName: z.string(),
  Stage: z.string(),
});

/** `AWS::ApiGatewayV2::ApiMapping` */
export function deployApiMapping(context: ResourceContext): DeployedResource {
  const { ApiId, ApiMappingKey, DomainName, Stage } = parseProperties(context, mappingProperties);
  if (!context.collected.domainNames.has(DomainName)) {
    throw context.cannotRun(`the assembly has no domain ${DomainName}`, 'Properties.DomainName');
  }
  if (!apiPartsOf(context, ApiId).stages.some(({ name }) => name === Stage)) {
    throw context.cannotRun(`the API ${ApiId} has no stage ${Stage}`, 'Properties.Stage');
  }
  const existing = context.collected.mappings.find(
    (mapping) => mapping.domainName === DomainName && mapping.mappingKey === ApiMappingKey,
  );
  if (existing !== undefined) {
    throw context.cannotRun(
      `${DomainName}/${ApiMappingKey} is already mapped to the API ${existing.apiId}`,
      'Properties.ApiMappingKey',
    );
  }
  context.collected.mappings.push({
    domainName: DomainName,
    mappingKey: ApiMappingKey,
    apiId: ApiId,
    stage: Stage,
  });
  const id = gatewayId(context.stack, context.logicalId);
  return { ref: id, attributes: { ApiMappingId: id } };
}
