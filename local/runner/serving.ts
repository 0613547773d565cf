import { CannotRunError } from '../assembly/cannot-run-error.ts';
import type { DeployedAssembly } from '../assembly/deploy-assembly.ts';
import type { DomainMapping } from '../gateway/model.ts';

/** What is mapped to `localhost` is also served under its addresses. */
export function withLoopbackAddresses(mappings: readonly DomainMapping[]): DomainMapping[] {
  return mappings.flatMap((mapping) =>
    mapping.domainName === 'localhost'
      ? [mapping, { ...mapping, domainName: '127.0.0.1' }, { ...mapping, domainName: '[::1]' }]
      : [mapping],
  );
}

/** The output in which an app names the API behind the management port. */
export const MANAGEMENT_API_OUTPUT = 'ManagementApiId';

/** The API behind the management port, which the app names in an output. */
export function managementApiOf({ outputs, apis }: DeployedAssembly): string {
  const found = Array.from(outputs).flatMap(([stack, values]) => {
    const apiId = values.get(MANAGEMENT_API_OUTPUT);
    return apiId === undefined ? [] : [{ stack, apiId }];
  });
  const [first, second] = found;
  const all = Array.from(outputs.keys()).join(', ');
  if (first === undefined) {
    throw new CannotRunError({ stack: all }, `none of these stacks has the output ${MANAGEMENT_API_OUTPUT}`);
  }
  const place = { stack: first.stack, path: `Outputs.${MANAGEMENT_API_OUTPUT}` };
  if (second !== undefined) {
    throw new CannotRunError(
      place,
      `the stack ${second.stack} has this output, too: a runner has one core, so choose stacks by name`,
    );
  }
  if (!apis.some(({ apiId }) => apiId === first.apiId)) {
    throw new CannotRunError(place, `there is no HTTP API ${first.apiId}`);
  }
  return first.apiId;
}
