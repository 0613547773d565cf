import { describe, expect, it } from 'vitest';
import { authorize } from '../../lambdas/functions/authorizer/authorize.ts';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { readTrustedProxies } from '../../lambdas/core/restrictions/trusted-proxies.ts';
import { LOGGED_FIELDS } from '../../lambdas/contract/access-line.ts';
import { IDENTITY_HEADERS } from '../../lib/internal/gateway/key-handover.ts';
import type { ReadStack } from './read-stack.ts';
import {
  documentOf,
  registration,
  SHOP,
  stageVariables,
  synthesize,
  Variables,
  type Props,
} from './shop-api.ts';
import { credentialWith } from '../support/credential-with.ts';

const { api, stack } = synthesize();

function requestParameters(read: ReadStack): readonly Record<string, string>[] {
  return read
    .ofType('AWS::ApiGatewayV2::Integration')
    .map(({ properties }) => Variables.parse(properties['RequestParameters']));
}

describe('the place of the key', () => {
  const withSchemes = (schemes: string) =>
    documentOf(`${SHOP}\ncomponents: { securitySchemes: { ${schemes} } }`);
  const header = 'inHeader: { type: apiKey, in: header, name: X-Shop-Key }';
  const query = 'inQuery: { type: apiKey, in: query, name: shopKey }';
  const oauth = 'oauth: { type: oauth2, in: header, name: X-Token, flows: {} }';

  it.each([
    { what: 'the header apikey by default', props: {}, place: { header: 'apikey' } },
    {
      what: "the header of the document's security scheme",
      props: { definition: withSchemes(header) },
      place: { header: 'X-Shop-Key' },
    },
    {
      what: "the query parameter of the document's security scheme",
      props: { definition: withSchemes(query) },
      place: { queryParameter: 'shopKey' },
    },
    {
      what: 'either, when the document has both',
      props: { definition: withSchemes(`${header}, ${query}`) },
      place: { header: 'X-Shop-Key', queryParameter: 'shopKey' },
    },
    {
      what: 'the header apikey when the document has other schemes only',
      props: { definition: withSchemes(oauth) },
      place: { header: 'apikey' },
    },
    {
      what: 'where the properties say, whatever the document does',
      props: { definition: withSchemes(`${header}, ${query}`), key: { queryParameter: 'k' } },
      place: { queryParameter: 'k' },
    },
  ])(
    'is $what',
    ({ props, place }: { props: Props; place: { header?: string; queryParameter?: string } }) => {
      const read = synthesize(props).stack;
      for (const stage of ['Production', 'Sandbox'] as const) {
        const variables = stageVariables(read, stage);
        expect(variables[STAGE_VARIABLES.keyHeader]).toBe(place.header);
        expect(variables[STAGE_VARIABLES.keyQueryParameter]).toBe(place.queryParameter);
      }
      expect(registration(read)['keyHeader']).toBe(place.header);
      expect(registration(read)['keyQueryParameter']).toBe(place.queryParameter);
      const removed = [
        ...(place.header === undefined ? [] : [`remove:header.${place.header}`]),
        ...(place.queryParameter === undefined
          ? []
          : [`remove:querystring.${place.queryParameter}`, 'remove:header.referer']),
      ];
      const [parameters = {}] = requestParameters(read);
      expect(Object.keys(parameters).filter((name) => name.startsWith('remove:'))).toEqual(removed);
      for (const name of removed) expect(parameters[name]).toBe("''");
    },
  );
});

describe('what the backend gets', () => {
  it('is the identity of the caller in headers that overwrite what the client sent, on every integration', () => {
    const urls = synthesize({ backend: { url: 'https://shop.example.com' } }).stack;
    for (const parameters of [...requestParameters(stack), ...requestParameters(urls)]) {
      expect(parameters).toEqual({
        'remove:header.apikey': "''",
        'overwrite:header.x-keybound-key-uuid': '$context.authorizer.keyUUID',
        'overwrite:header.x-keybound-key-type': '$context.authorizer.keyType',
        'overwrite:header.x-keybound-owner': '$context.authorizer.owner',
        'overwrite:header.x-keybound-application-id': '$context.authorizer.applicationId',
        'overwrite:header.x-keybound-subscription-id': '$context.authorizer.subscriptionId',
        'overwrite:header.x-keybound-subscription-policy': '$context.authorizer.subscriptionPolicy',
      });
    }
    expect(requestParameters(urls)).toHaveLength(3);
  });

  it('comes from fields that the authorizer fills for the barest of keys, too: else a client could', async () => {
    const variables = stageVariables(synthesize({ subscription: 'optional' }).stack, 'Sandbox');
    const answer = await authorize(
      {
        findCredential: () =>
          Promise.resolve({
            outcome: 'answered',
            credential: credentialWith({ keyName: 'barest', keyType: 'SANDBOX', apiId: api.apiId }),
            remembered: false,
          }),
        readPolicy: () => Promise.resolve(undefined),
        readApplicationPolicy: () => Promise.resolve(undefined),
        takeCall: () => Promise.reject(new Error('a call without subscription has no limits')),
        readApiState: () => Promise.resolve({ gatewayApiId: 'gateway', lifecycle: 'PUBLISHED' }),
        clock: () => 0,
        log: () => undefined,
        readProxies: readTrustedProxies,
        recordRefusal: () => true,
      },
      authorizerEvent(variables, { apikey: createKeyValue('kb', 'SANDBOX') }),
    );
    if ('errorMessage' in answer) throw new Error(answer.errorMessage);
    expect(answer.isAuthorized).toBe(true);
    const given = Object.entries(answer.context).filter(
      ([, value]) => typeof value === 'string' && value !== '',
    );
    const fields = new Set(given.map(([field]) => field));
    expect(
      [...Object.values(IDENTITY_HEADERS), ...Object.values(LOGGED_FIELDS)].filter(
        (field) => !fields.has(field),
      ),
    ).toEqual([]);
  });
});

function authorizerEvent(
  variables: Record<string, string>,
  headers: Record<string, string>,
): Parameters<typeof authorize>[1] {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:eu-west-1:111122223333:gateway/sandbox/GET/items',
    identitySource: [],
    routeKey: 'GET /items',
    rawPath: '/sandbox/items',
    rawQueryString: '',
    cookies: [],
    headers,
    stageVariables: variables,
    requestContext: {
      accountId: '111122223333',
      apiId: 'gateway',
      domainName: 'gateway.example.com',
      domainPrefix: 'gateway',
      http: { method: 'GET', path: '/items', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey: 'GET /items',
      stage: 'sandbox',
      time: '01/Jan/1970:00:00:00 +0000',
      timeEpoch: 0,
    },
  };
}
