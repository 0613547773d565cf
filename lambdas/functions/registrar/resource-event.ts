import { z } from 'zod';

const common = {
  ResponseURL: z.string().max(4096),
  StackId: z.string().max(1024),
  RequestId: z.string().min(1).max(128),
  LogicalResourceId: z.string().regex(/^[A-Za-z0-9]{1,255}$/),
  ResourceType: z.string().max(255),
  ResourceProperties: z.record(z.string(), z.unknown()),
};
const PhysicalResourceId = z.string().min(1).max(1024);

/**
 * An event of a custom resource. Whoever may invoke the function can send one: nothing in it is true before
 * `proveRequest` has asked CloudFormation.
 */
export const ResourceEvent = z.discriminatedUnion('RequestType', [
  z.object({ ...common, RequestType: z.literal('Create') }),
  z.object({
    ...common,
    RequestType: z.literal('Update'),
    PhysicalResourceId,
    OldResourceProperties: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ ...common, RequestType: z.literal('Delete'), PhysicalResourceId }),
]);
export type ResourceEvent = Readonly<z.infer<typeof ResourceEvent>>;
