import type { Authorization } from './authorization.ts';
import type { InvokePolicy } from './iam-policy.ts';
import { allowsInvoke, readPolicy } from './iam-policy.ts';
import type { JsonObject } from '../json-value.ts';
import { isArray, isJsonObject } from '../json-value.ts';
import type { InvocationResult } from '../model.ts';

/** A well-formed answer of an authorizer function, which the result cache may keep. */
export type AuthorizerAnswer =
  | { readonly form: 'simple'; readonly isAuthorized: boolean; readonly context: JsonObject | null }
  | {
      readonly form: 'policy';
      readonly policy: InvokePolicy;
      readonly principalId: string;
      readonly context: JsonObject | null;
    };

/**
 * Reads what the function did. Anything but a well-formed answer is a refusal that is never cached: exactly
 * `Unauthorized` thrown, or returned as the report of an error, is 401; another error, a time-out and a malformed answer are 500.
 */
export function readAuthorizerAnswer(
  result: InvocationResult,
  enableSimpleResponses: boolean,
): AuthorizerAnswer | (Authorization & { outcome: 'refused' }) {
  if (result.outcome === 'threw') {
    return result.errorMessage === 'Unauthorized'
      ? { outcome: 'refused', status: 401 }
      : fault(`The authorizer function failed: ${result.errorMessage}`);
  }
  if (result.outcome === 'timed-out') return fault('The authorizer function timed out');
  if (result.outcome === 'throttled') return fault('The authorizer function was throttled by Lambda');
  if (isReportOf(result.payload, 'Unauthorized')) return { outcome: 'refused', status: 401 };
  const answer = enableSimpleResponses ? readSimple(result.payload) : readPolicyAnswer(result.payload);
  return answer ?? fault('The authorizer function returned an invalid response');
}

/** Applies an answer, fresh or cached, to the request with this route ARN. */
export function applyAuthorizerAnswer(answer: AuthorizerAnswer, arn: string): Authorization {
  const allowed = answer.form === 'simple' ? answer.isAuthorized : allowsInvoke(answer.policy, arn);
  if (!allowed) return { outcome: 'refused', status: 403 };
  const { context } = answer;
  return {
    outcome: 'allowed',
    context:
      answer.form === 'simple'
        ? { kind: 'lambda', context }
        : { kind: 'lambda', context, principalId: answer.principalId },
  };
}

function readSimple(payload: unknown): AuthorizerAnswer | undefined {
  if (!isJsonObject(payload)) return undefined;
  const isAuthorized = readBoolean(payload['isAuthorized']);
  const context = readContext(payload['context']);
  if (isAuthorized === undefined || context === undefined) return undefined;
  return { form: 'simple', isAuthorized, context };
}

function readPolicyAnswer(payload: unknown): AuthorizerAnswer | undefined {
  if (!isJsonObject(payload)) return undefined;
  const principalId = payload['principalId'];
  const policy = readPolicy(payload['policyDocument']);
  const context = readContext(payload['context']);
  if (typeof principalId !== 'string' || policy === undefined || context === undefined) return undefined;
  return { form: 'policy', policy, principalId, context };
}

// Recorded: the text "true" passes as the value does.
function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

// Recorded: what the runtime would report of an error counts as that error, also when the function returns it.
function isReportOf(payload: unknown, errorMessage: string): boolean {
  return isJsonObject(payload) && payload['errorMessage'] === errorMessage;
}

// Null: no context was returned. Undefined: what was returned is not a map of allowed values.
function readContext(context: unknown): JsonObject | null | undefined {
  if (context === undefined || context === null) return null;
  return isJsonObject(context) && isContextValue(context) ? context : undefined;
}

function isContextValue(value: unknown): boolean {
  // Recorded: null passes in payload 2.0.
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (isArray(value)) return value.every(isContextValue);
  return isJsonObject(value) && Object.values(value).every(isContextValue);
}

function fault(error: string): Authorization & { outcome: 'refused' } {
  return { outcome: 'refused', status: 500, error };
}
