import type { CfnIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import { z } from 'zod';
import type { KeyLocation } from '../../constructs/key-location.ts';
import { withoutProof, type TrustedProxies } from '../../constructs/trusted-proxies.ts';
import { hasReference, resolved } from '../checks/resolved.ts';
import { requestParameters, withoutIdentity } from '../gateway/key-handover.ts';
import type { ReadRoute } from './read-routes.ts';

/** The plan for one integration. */
export interface Removal {
  readonly integration: CfnIntegration;
  /** Its mapping, with the key taken out; `undefined`: an AWS service, which gets only what a mapping names. */
  readonly mapping: Readonly<Record<string, string>> | undefined;
  /** Why its mapping cannot be made safe. */
  readonly problems: readonly string[];
}

interface Handover {
  readonly location: KeyLocation;
  readonly trustedProxies: TrustedProxies | undefined;
}

/** Plans for each integration of `routes` how it takes the key out. */
export function keyRemovals(routes: readonly ReadRoute[], handover: Handover): readonly Removal[] {
  const integrations = new Set(routes.flatMap(({ integration }) => integration ?? []));
  return [...integrations].map((integration) => {
    const own = routes.filter((route) => route.integration === integration);
    const [keyed] = own.filter(({ isKeyed }) => isKeyed);
    const [open] = own.filter(({ isKeyed }) => !isKeyed);
    const shared =
      keyed !== undefined && open !== undefined
        ? [
            `serves ${keyed.route.routeKey}, which wants a key, and ${open.route.routeKey}, which does not: an integration hands over the caller either way; give each its own, such as another HttpLambdaIntegration with the same function`,
          ]
        : [];
    const removal = removalOf(integration, keyed !== undefined, handover);
    return {
      ...removal,
      problems: [...shared, ...removal.problems].map(
        (problem) => `the integration ${integration.node.path} ${problem}`,
      ),
    };
  });
}

function removalOf(integration: CfnIntegration, isKeyed: boolean, handover: Handover): Removal {
  const { location, trustedProxies } = handover;
  const theirs = mappingOf(integration);
  if (theirs === undefined) {
    return {
      integration,
      mapping: undefined,
      problems: ['has a mapping that only the deployment knows: write it out'],
    };
  }
  const leaks = leakProblems(theirs, handover);
  if (integration.integrationSubtype !== undefined) {
    return { integration, mapping: undefined, problems: leaks };
  }
  const ours = {
    ...(isKeyed ? requestParameters(location) : withoutIdentity(location)),
    ...withoutProof(trustedProxies),
  };
  return { integration, mapping: { ...theirs, ...ours }, problems: [...leaks, ...conflicts(theirs, ours)] };
}

/** Values that would hand the key over under another name. */
function leakProblems(
  theirs: Readonly<Record<string, string>>,
  { location: { header, queryParameter }, trustedProxies }: Handover,
): readonly string[] {
  const names = [
    ...(header === undefined ? [] : [`header.${header}`]),
    ...(queryParameter === undefined ? [] : [`querystring.${queryParameter}`, 'header.referer']),
    // The secret of the edges, too.
    ...(trustedProxies === undefined ? [] : [`header.${trustedProxies.proof.header}`]),
  ].map((name) => `request.${name}`.toLowerCase());
  return Object.entries(theirs)
    .filter(([, value]) =>
      (value.toLowerCase().match(/request\.\w+\.[\w-]+/g) ?? []).some((it) => names.includes(it)),
    )
    .map(
      ([name, value]) => `would hand the key or a secret over: its mapping ${name} has ${value}; remove it`,
    );
}

/** Mappings of the same header or parameter, which one of the two would undo. */
function conflicts(
  theirs: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): readonly string[] {
  const targets = new Map(Object.keys(ours).map((name) => [targetOf(name), name]));
  return Object.keys(theirs).flatMap((name) => {
    const own = targets.get(targetOf(name));
    return own === undefined || (own === name && theirs[name] === ours[own])
      ? []
      : [`has the mapping ${name}, and Keybound needs ${own}: remove it`];
  });
}

/** `overwrite:header.X-Owner` → `header.x-owner` */
function targetOf(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

const Mapping = z.record(z.string(), z.string());

/** The mapping as it is at this moment; `undefined`: what it passes on is not known before the deployment. */
function mappingOf(integration: CfnIntegration): Readonly<Record<string, string>> | undefined {
  const { data } = Mapping.safeParse(resolved(integration, integration.requestParameters ?? {}));
  if (data === undefined) return undefined;
  const referring = Object.entries(data).flat().filter(hasReference);
  if (referring.length === 0) return data;
  // An AWS service has to be told which queue or stream is meant. Its name is none of what a request brings.
  return integration.integrationSubtype !== undefined && !referring.some((text) => /request/i.test(text))
    ? data
    : undefined;
}
