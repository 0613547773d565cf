import { z } from 'zod';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import { readIpRestriction } from '../../lambdas/core/restrictions/ip-restriction.ts';
import { LONGEST_TRUSTED_PROXIES } from '../../lambdas/contract/stage-variables.ts';
import {
  CLIENT_ADDRESS_HEADERS,
  formatTrustedProxies,
  PROOF_DIGEST,
  PROOF_HEADER,
} from '../../lambdas/core/restrictions/trusted-proxies.ts';

/**
 * Edges of a CDN, or proxies, that may say where a client is. Nobody else is believed: a call counts as theirs only when
 * it comes from one of `ranges` and brings the secret.
 */
export interface TrustedProxies {
  /**
   * Addresses and CIDR ranges that the edges call from.
   * @example ['203.0.113.0/24', '2001:db8::/48']
   */
  readonly ranges: readonly string[];
  /**
   * `x-forwarded-for`: the right-most hop that is not in `ranges`; `cloudfront-viewer-address`: what CloudFront adds when
   * its origin request policy says so.
   */
  readonly addressHeader: 'x-forwarded-for' | 'cloudfront-viewer-address';
  /**
   * A header that the edges add, with a secret. The addresses of a CDN are those of its other customers, too, who could
   * put any address into the header. The backend does not get it.
   */
  readonly proof: ProxyProof;
}

/** How the edges prove themselves. */
export interface ProxyProof {
  /**
   * Name of the header, in lower case.
   * @example 'x-edge-proof'
   */
  readonly header: string;
  /** SHA-256 of the secret in hexadecimal, so that the template does not hold it; two while it is exchanged. */
  readonly sha256: string | readonly string[];
}
export const TrustedProxies = z.strictObject({
  ranges: z.array(z.string()).readonly(),
  addressHeader: z.enum(CLIENT_ADDRESS_HEADERS),
  proof: z
    .strictObject({
      header: z.string(),
      sha256: z.union([z.string(), z.array(z.string()).readonly()]),
    } satisfies ChecksOf<ProxyProof>)
    .readonly(),
} satisfies ChecksOf<TrustedProxies>);

const MAX_PROOFS = 2;
/** Headers that API Gateway sets itself, that a mapping cannot remove, or that have another meaning. */
const RESERVED_PROOF =
  /^(?:authorization|cookie|forwarded|host|origin|referer|te|upgrade|via|x-(?:amz|amzn|forwarded|keybound)-.*|cloudfront-.*)$/;

/** Problems of trusted proxies. `keyHeader`: where the key travels. */
export function trustedProxyProblems(
  proxies: TrustedProxies | undefined,
  keyHeader: string | undefined,
): readonly string[] {
  if (proxies === undefined) return [];
  const { header } = proxies.proof;
  const digests = digestsOf(proxies);
  return [
    ...rangeProblems(proxies.ranges),
    ...(!PROOF_HEADER.test(header) || RESERVED_PROOF.test(header) || header === keyHeader?.toLowerCase()
      ? [
          `trustedProxies.proof.header cannot be ${JSON.stringify(header)}: a header of its own, in lower case`,
        ]
      : []),
    ...(digests.length === 0 || digests.length > MAX_PROOFS || !digests.every((it) => PROOF_DIGEST.test(it))
      ? [
          'trustedProxies.proof.sha256 must be one or two SHA-256 in lower-case hexadecimal, of 64 characters each',
        ]
      : []),
    ...(writeProxies(proxies).length > LONGEST_TRUSTED_PROXIES
      ? ['trustedProxies.ranges do not fit into the variables of a stage: name fewer, larger ranges']
      : []),
  ];
}

/** Takes the secret out of what the backend gets. */
export function withoutProof(proxies: TrustedProxies | undefined): Record<string, string> {
  return proxies === undefined ? {} : { [`remove:header.${proxies.proof.header}`]: "''" };
}

function rangeProblems(ranges: readonly string[]): readonly string[] {
  if (ranges.length === 0) return ['trustedProxies.ranges must name at least one address or range'];
  return ranges.flatMap((range, index) => {
    const { rules, problems } = readIpRestriction(range);
    const [rule, ...more] = rules;
    if (problems.length > 0 || rule === undefined || more.length > 0) {
      return [`trustedProxies.ranges[${index}] must be one IP address or CIDR range`];
    }
    return rule.endsWith('/0') ? [`trustedProxies.ranges[${index}] would trust everybody`] : [];
  });
}

/** As the authorizer reads them. */
export function writeProxies(proxies: TrustedProxies): string {
  const ranges = new Set(proxies.ranges.flatMap((range) => readIpRestriction(range).rules));
  return formatTrustedProxies(proxies.addressHeader, proxies.proof.header, digestsOf(proxies), [...ranges]);
}

function digestsOf({ proof: { sha256 } }: TrustedProxies): readonly string[] {
  return typeof sha256 === 'string' ? [sha256] : sha256;
}
