import type { DetailedStyle } from './refusal-style.ts';
import { REFUSALS, type RefusalReason } from './refusal.ts';

/** Where the key of an API travels. */
export interface KeyLocation {
  readonly header?: string | undefined;
  readonly queryParameter?: string | undefined;
}

/**
 * What the body of a detailed refusal says in `description`: the text of WSO2 API Manager (`detailed`) or of WSO2
 * Microgateway (`detailed-fault`) where that has one, by which its clients know the case, and after it what to change.
 */
export function describeRefusal(reason: RefusalReason, style: DetailedStyle, location: KeyLocation): string {
  const advice = reason === 'credential_missing' ? askForKey(location) : REFUSALS[reason].description;
  const wso2 = WSO2_DESCRIPTIONS[style][reason];
  return wso2 === undefined ? advice : `${wso2}. ${advice}`;
}

/** ``Send the API key in the header `apikey` or the query parameter `apikey`.`` */
function askForKey({ header, queryParameter }: KeyLocation): string {
  const places = [
    ...(header === undefined ? [] : [`the header \`${header}\``]),
    ...(queryParameter === undefined ? [] : [`the query parameter \`${queryParameter}\``]),
  ];
  return places.length === 0
    ? REFUSALS.credential_missing.description
    : `Send the API key in ${places.join(' or ')}.`;
}

type Descriptions = Readonly<Partial<Record<RefusalReason, string>>>;

const ELSEWHERE = 'Access forbidden for the invocations';
const MISSING = 'Missing Credentials';

const WSO2_DESCRIPTIONS: Readonly<Record<DetailedStyle, Descriptions>> = {
  detailed: descriptions('Invalid Credentials. Make sure you have provided the correct security credentials'),
  'detailed-fault': descriptions('Invalid Credentials. Make sure you have given the correct access token'),
};

function descriptions(invalid: string): Descriptions {
  return {
    credential_missing: MISSING,
    credential_malformed: invalid,
    key_unknown: invalid,
    key_revoked: invalid,
    key_regenerated: invalid,
    key_expired: invalid,
    address_unknown: ELSEWHERE,
    address_forbidden: ELSEWHERE,
    referrer_missing: ELSEWHERE,
    referrer_forbidden: ELSEWHERE,
  };
}
