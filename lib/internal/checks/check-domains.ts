import { Stack, Token } from 'aws-cdk-lib';
import { CfnDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { ProtectedHttpApiProps } from '../../constructs/protected-http-api-props.ts';
import { valueIn } from './value-in.ts';

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings.html */
const MOST_MAPPING_KEY_CHARACTERS = 300;
const CONTEXT = /^(?:\/[A-Za-z0-9$_.+!*'()-]+)+$/;

/** Problems that keep an API from being mapped below its domains. */
export function domainProblems(
  scope: Construct,
  { context, domains }: Pick<ProtectedHttpApiProps, 'context' | 'domains'>,
): readonly string[] {
  const problems: string[] = [];
  if (!CONTEXT.test(context)) {
    problems.push(`the context ${context} must begin with a slash, end without one, and be a path`);
  }
  if (context.length - 1 > MOST_MAPPING_KEY_CHARACTERS) {
    problems.push(
      `the context has ${context.length - 1} characters behind its slash; a mapping below a domain takes ${MOST_MAPPING_KEY_CHARACTERS}`,
    );
  }
  for (const [environment, place] of Object.entries(domains ?? {})) {
    const region = certificateRegion(place.domain);
    const own = Stack.of(scope).region;
    if (region === undefined || Token.isUnresolved(own) || region === own) continue;
    problems.push(
      `domains.${environment} has a certificate of ${region}; a domain of API Gateway in ${own} takes one of ${own} only`,
    );
  }
  return problems;
}

/** Where the certificate of a domain is, as far as the app makes the domain and knows that. */
function certificateRegion(domain: unknown): string | undefined {
  if (!Construct.isConstruct(domain)) return undefined;
  const made = domain.node.defaultChild;
  if (!(made instanceof CfnDomainName)) return undefined;
  const configurations: unknown = Stack.of(domain).resolve(made.domainNameConfigurations);
  if (!Array.isArray(configurations)) return undefined;
  return configurations
    .map((configuration) => valueIn(configuration, 'certificateArn'))
    .flatMap((arn) =>
      typeof arn === 'string' && !Token.isUnresolved(arn)
        ? (/^arn:[^:]*:acm:([^:]+):/.exec(arn)?.[1] ?? [])
        : [],
    )[0];
}
