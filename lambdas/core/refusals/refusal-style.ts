/**
 * Who answers for a refused call, and how.
 * - `plain`: API Gateway, with its own fixed bodies, and 401 or 403 only.
 * - `detailed`: the guard around the backend, with the body of WSO2 API Manager: flat, its code a text.
 * - `detailed-fault`: the guard, with the body of WSO2 Microgateway: within `fault`, its code a number.
 */
export type RefusalStyle = 'plain' | DetailedStyle;

export const DETAILED_STYLES = ['detailed', 'detailed-fault'] as const;
export type DetailedStyle = (typeof DETAILED_STYLES)[number];
