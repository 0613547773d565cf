import { parseUrl } from '../../core/general/parse-url.ts';
import type { Home } from './stack-id.ts';

/**
 * Whether a URL is one where CloudFormation takes answers: in its bucket of the region, over TLS. Buckets with other names
 * that begin the same can be anybody's.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
 */
export function isResponseUrl(text: string, { region, partition }: Home): boolean {
  const url = parseUrl(text);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  const bucket = `cloudformation-custom-resource-response-${region.replaceAll('-', '')}`;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  // With a port, `host` is none of these.
  return ['s3', `s3.${region}`, `s3-${region}`].some(
    (service) => url.host === `${bucket}.${service}.${domain}`,
  );
}
