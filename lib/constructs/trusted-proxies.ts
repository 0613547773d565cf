import { z } from 'zod';
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
export type TrustedProxies = Readonly<z.infer<typeof TrustedProxies>>;
export const TrustedProxies = z.strictObject({
  /** Addresses and CIDR ranges that the edges call from: `['203.0.113.0/24', '2001:db8::/48']`. */
  ranges: z.array(z.string()).readonly(),
  /**
   * `x-forwarded-for`: the right-most hop that is not in `ranges`; `cloudfront-viewer-address`: what CloudFront adds when
   * its origin request policy says so.
   */
  addressHeader: z.enum(CLIENT_ADDRESS_HEADERS),
  /**
   * A header that the edges add, with a secret. The addresses of a CDN are those of its other customers, too, who could
   * put any address into the header. The backend does not get it.
   */
  proof: z
    .strictObject({
      /** Name of the header, in lower case: `x-edge-proof`. */
      header: z.string(),
      /** SHA-256 of the secret in hexadecimal, so that the template does not hold it; two while it is exchanged. */
      sha256: z.union([z.string(), z.array(z.string()).readonly()]),
    })
    .readonly(),
});

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
