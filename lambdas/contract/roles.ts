/** The roles that a token can name in its roles claim. `UserPool` makes a group for each. */
export const ROLES = ['developer', 'publisher', 'administrator'] as const;

/** Beside them: whoever holds the value of a key, for what that alone allows. */
export type Role = (typeof ROLES)[number] | 'holder';

/** The header that names a group to act for. Browsers may send it: `ManagementApi` allows it for CORS. */
export const GROUP_HEADER = 'x-keybound-group';

/** The header in which a holder presents the value of a key. */
export const HOLDER_HEADER = 'apikey';
