import { type App, Fn, Stack } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alias, Code, Function, Runtime, Version } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { unpackDefinition } from '../../lambdas/contract/pack-definition.ts';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { findCore } from '../../lib/constructs/keybound-core.ts';
import type { LambdaFunction } from '../../lib/internal/checks/prop-kinds.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { bundledProps } from './bundled-props.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { CORE, functionArn, registration, shop, stageVariables, synthesize, type Props } from './shop-api.ts';

const operations = (...paths: string[]) => ({
  ...shop,
  operations: paths.map((path) => ({ method: 'GET', path })),
});
const ENV = { account: '111122223333', region: 'eu-west-1' };

describe('the path of an operation that API Gateway would refuse is refused with a way out', () => {
  it.each([
    ['/lists.{format}', 'a parameter must be a whole segment of the path', 'write /{part}'],
    ['/v1/{id}:cancel', 'a parameter must be a whole segment of the path', 'write /v1/{part}'],
    ["/People('{u}')/x", 'a parameter must be a whole segment of the path', 'write /{proxy+}'],
    ['/{a}.{b}', 'a parameter must be a whole segment of the path', 'write /{part}'],
    ['/@me', 'the part "@me" has more than letters of ASCII, digits, and . _ : -', 'write /{part}'],
    ['/$metadata', 'the part "$metadata" has more than', 'write /{part}'],
    ['/a b', 'the part "a b" has more than', 'write /{part}'],
    ['/ä/b', 'the part "ä" has more than', 'write /{proxy+}'],
    ['/x/*', 'the part "*" has more than', 'write /x/{part}'],
    ['/x?a=b', 'the part "x?a=b" has more than', 'write /{part}'],
    ['/x#form', 'the part "x#form" has more than', 'write /{part}'],
    ['/a//b', 'a route cannot have two slashes in a row', 'remove one'],
    ['/a/', 'a route cannot end with a slash', 'write /a'],
    ['/x/{p+}/y', 'nothing can follow {p+}', 'write /x/{p+}'],
    ['/{id}/x/{id}', 'the parameter id is there twice', 'such as id2'],
  ])('%s', (path, reason, way) => {
    const act = () => synthesize({ definition: operations('/items', path) });
    expect(act).toThrow(`GET ${path}: `);
    expect(act).toThrow(reason);
    expect(act).toThrow(way);
  });

  it('others are not, two of which differ by two hyphens in the place of a slash only', () => {
    const paths = ['/', '/a--b', '/a/b', '/a.b_c:d-e', '/{a.b:c-d}/x', '/files/{path+}'];
    const { stack } = synthesize({ definition: operations(...paths) });
    expect(stack.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties['RouteKey'])).toEqual(
      paths.map((path) => `GET ${path}`),
    );
  });
});

describe('a route for every method', () => {
  const definition = (method: string, path: string) => ({ ...shop, operations: [{ method, path }] });

  it('is ANY with its path, or the route that takes what no other does', () => {
    const { stack } = synthesize({ definition: definition('ANY', '/{proxy+}') });
    expect(stack.ofType('AWS::ApiGatewayV2::Route')[0]?.properties).toMatchObject({
      RouteKey: 'ANY /{proxy+}',
      AuthorizationType: 'CUSTOM',
    });
    const { stack: rest } = synthesize({
      definition: definition('ANY', '/$default'),
      backend: { url: 'https://shop.example.com/base' },
    });
    expect(rest.ofType('AWS::ApiGatewayV2::Route')[0]?.properties).toMatchObject({
      RouteKey: '$default',
      AuthorizationType: 'CUSTOM',
    });
    expect(rest.at('Shop/Integration').properties['IntegrationUri']).toBe(
      `https://\${stageVariables.${STAGE_VARIABLES.backend}}`,
    );
  });

  it('is refused where it would take the preflights of browsers, or is told one method only', () => {
    for (const path of ['/{proxy+}', '/$default']) {
      expect(() =>
        synthesize({ definition: definition('ANY', path), cors: { allowOrigins: ['https://a.example'] } }),
      ).toThrow('with cors, its routes must name their methods');
    }
    expect(() => synthesize({ definition: definition('GET', '/$default') })).toThrow(
      'GET /$default: the route $default takes every method',
    );
  });
});

describe('the property cors', () => {
  const allowOrigins = ['https://a.example'];
  const methods = (props: Props) =>
    z
      .looseObject({ AllowMethods: z.array(z.string()) })
      .parse(synthesize(props).stack.at('Shop/Api').properties['CorsConfiguration']).AllowMethods;

  it('with credentials allows the methods of the document by name: browsers take * for a name', () => {
    expect(methods({ cors: { allowOrigins, allowCredentials: true } })).toEqual([
      'DELETE',
      'GET',
      'HEAD',
      'OPTIONS',
      'PATCH',
      'POST',
      'PUT',
    ]);
    expect(methods({ cors: { allowOrigins, allowCredentials: true, allowMethods: ['GET'] } })).toEqual([
      'GET',
    ]);
    expect(methods({ cors: { allowOrigins } })).toEqual(['*']);
  });

  it.each<[string, Props['cors']]>([
    [
      'take * among the allowed methods',
      { allowOrigins, allowCredentials: true, allowMethods: ['GET', '*'] },
    ],
    ['take * among the allowed headers', { allowOrigins, allowCredentials: true, allowHeaders: ['*'] }],
    ['cors.maxAgeSeconds is 100000, and must be whole seconds', { allowOrigins, maxAgeSeconds: 100_000 }],
    ['cors.maxAgeSeconds is -1', { allowOrigins, maxAgeSeconds: -1 }],
    ['cors.maxAgeSeconds is 1.5', { allowOrigins, maxAgeSeconds: 1.5 }],
  ])('is refused where %s', (message, cors) => {
    expect(() => synthesize(cors === undefined ? {} : { cors })).toThrow(message);
  });
});

describe('what does not fit into API Gateway', () => {
  it('is cut there, and whole in the registration', () => {
    const definition = {
      ...shop,
      title: 'T'.repeat(127),
      description: `${'d'.repeat(1022)}🦉${'d'.repeat(9)}`,
    };
    const { stack } = synthesize({ definition });
    const { Name, Description } = z
      .looseObject({ Name: z.string(), Description: z.string() })
      .parse(stack.at('Shop/Api').properties);
    expect(Name).toBe(`${'T'.repeat(127)}…`);
    expect(Description).toBe(`${'d'.repeat(1022)}…`);
    expect(registration(stack)).toMatchObject({
      name: definition.title,
      description: definition.description,
    });
  });

  it.each<[string, Props]>([
    [
      'the context has 301 characters behind its slash; a mapping below a domain takes 300',
      { context: `/${'c'.repeat(301)}` },
    ],
    [
      "the backend's URL has 613 characters after its scheme; a stage variable holds at most 512",
      { backend: { url: `https://${'a'.repeat(613)}` } },
    ],
    [
      'of a backend has more than 2048 characters',
      { backend: { url: 'https://a.example' }, definition: operations(`/${'p'.repeat(2048)}`) },
    ],
  ])('and cannot be cut is refused: %s', (message, props) => {
    expect(() => synthesize(props)).toThrow(message);
  });

  it('a mapping key of 300 characters fits', () => {
    expect(() => synthesize({ context: `/${'c'.repeat(300)}` })).not.toThrow();
  });

  it.each([
    ['a dash that IAM does not take', 'Shop — orders'],
    ['an emoji', 'Shop 🦉'],
    ['257 characters', 'x'.repeat(257)],
  ])('a function whose description has %s is refused', (_, description) => {
    const stack = new Stack(quickApp(), 'Shop');
    expect(() => new BundledFunction(stack, 'Orders', { ...bundledProps(), description })).toThrow(
      'Shop/Orders: the property description must be at most 256 characters of Latin-1',
    );
  });

  it('a domain with a certificate of another region is refused', () => {
    const certified = (region: string) => (scope: Stack) => {
      const domain = new DomainName(scope, 'Domain', {
        domainName: 'api.example.com',
        certificate: Certificate.fromCertificateArn(
          scope,
          'Certificate',
          `arn:aws:acm:${region}:111122223333:certificate/1`,
        ),
      });
      return { domains: { production: { domain }, sandbox: { domain } } };
    };
    const made = (region: string) => () => {
      const stack = new Stack(quickApp(), 'Shop', { env: ENV });
      return new ProtectedHttpApi(stack, 'Shop', { ...propsIn(stack), ...certified(region)(stack) });
    };
    expect(made('us-east-1')).toThrow(
      'domains.production has a certificate of us-east-1; a domain of API Gateway in eu-west-1 takes one of eu-west-1 only',
    );
  });
});

/** What an API needs in `stack`. */
function propsIn(stack: Stack) {
  return {
    core: CORE,
    definition: shop,
    context: '/shop/2.0.1',
    subscription: 'required',
    backend: { function: Function.fromFunctionArn(stack, 'Backend', functionArn('shop')) },
  } as const;
}

describe('the function behind an API', () => {
  const made = (backend: (stack: Stack) => LambdaFunction) => {
    const stack = new Stack(quickApp(), 'Shop', { env: ENV });
    const props = propsIn(stack);
    new ProtectedHttpApi(stack, 'Shop', { ...props, backend: { function: backend(stack) } });
    return stageVariables(readStack(stack), 'Production')[STAGE_VARIABLES.backend];
  };
  const own = (stack: Stack) =>
    new Function(stack, 'Orders', {
      code: Code.fromInline('exports.handler = async () => {};'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });

  it.each<[string, string, (stack: Stack) => LambdaFunction]>([
    ['by its name', 'part 1 of ${Orders.Arn} at :function:', own],
    [
      'by its alias',
      'part 1 of ${Live} at :function:',
      (stack) =>
        new Alias(stack, 'Live', {
          aliasName: 'live',
          version: Version.fromVersionArn(stack, 'V', `${functionArn('shop')}:3`),
        }),
    ],
    [
      'without $LATEST',
      'shop',
      (stack) => Function.fromFunctionArn(stack, 'F', `${functionArn('shop')}:$LATEST`),
    ],
    [
      'of a literal ARN',
      'shop:live',
      (stack) => Function.fromFunctionArn(stack, 'F', `${functionArn('shop')}:live`),
    ],
    [
      'of an ARN that the deployment finds',
      'part 1 of ${AWS::SSM::Parameter::Value<String> /shop/arn} at :function:',
      (stack) =>
        Function.fromFunctionArn(stack, 'F', StringParameter.valueForStringParameter(stack, '/shop/arn')),
    ],
    ['of a name', 'shop', (stack) => Function.fromFunctionName(stack, 'F', 'shop')],
  ])('is named in the variable of the stage %s', (_, expected, backend) => {
    expect(made(backend)).toContain(expected);
  });

  it.each([
    ['region us-east-1', 'arn:aws:lambda:us-east-1:111122223333:function:shop'],
    ['account 999999999999', 'arn:aws:lambda:eu-west-1:999999999999:function:shop'],
  ])('is refused in the %s', (where, arn) => {
    expect(() => made((stack) => Function.fromFunctionArn(stack, 'Far', arn))).toThrow(
      `the backend Shop/Far is in the ${where}, and its API in `,
    );
  });

  it('is refused in another stack of another region', () => {
    const far = new Stack(quickApp(), 'Far', { env: { ...ENV, region: 'us-east-1' } });
    expect(() => made(() => own(far))).toThrow('the backend Far/Orders is in the region us-east-1');
  });

  it('is refused when it is no function', () => {
    expect(() =>
      made((stack) => Function.fromFunctionArn(stack, 'F', 'arn:aws:lambda:eu-west-1:111122223333:layer:x')),
    ).toThrow('is not the ARN of a Lambda function');
  });
});

describe('the resources of a stack', () => {
  it('are counted before CDK does, and the error says what helps', () => {
    const definition = operations(...Array.from({ length: 250 }, (_, index) => `/items/${index}`));
    expect(() => synthesize({ definition, backend: { url: 'https://shop.example.com' } })).toThrow(
      /its stack Shop has \d+ resources, and CloudFormation takes 500: this API has 250 routes and 250 integrations\. What helps: a function as backend/,
    );
    const { stack } = synthesize({ definition });
    expect(stack.ofType('AWS::ApiGatewayV2::Integration')).toHaveLength(1);
  });
});

describe('two APIs of one app', () => {
  const second = (app: App, id: string, more: object) => {
    const stack = new Stack(app, id);
    return new ProtectedHttpApi(stack, 'Api', { ...propsIn(stack), ...more });
  };
  const other = { ...shop, title: 'Other' };

  it.each([
    ['title and version Shop 2.0.1', { context: '/other' }],
    ['the context /shop/2.0.1', { definition: other }],
  ])('with %s are refused, and the error names both', (same, more) => {
    const app = quickApp();
    second(app, 'One', {});
    expect(() => second(app, 'Two', more)).toThrow(`Two/Api and One/Api have ${same} in common`);
  });

  it('are refused, too, when each finds the core of the same deployment, and not of different ones', () => {
    const found = (app: App, id: string, stage: string) => {
      const stack = new Stack(app, id);
      return new ProtectedHttpApi(stack, 'Api', { ...propsIn(stack), core: findCore(stack, stage) });
    };
    const app = quickApp();
    found(app, 'One', 'prod');
    found(app, 'Two', 'dev');
    expect(() => found(app, 'Three', 'prod')).toThrow(
      'Three/Api and One/Api have title and version Shop 2.0.1',
    );
  });

  it('may differ in both, or in where the title ends and the version begins', () => {
    const app = quickApp();
    second(app, 'One', {});
    const split = { ...shop, title: 'Shop 2.0.1', version: 'x' };
    const joined = { ...shop, title: 'Shop', version: '2.0.1 x' };
    second(app, 'Split', { definition: split, context: '/split' });
    expect(() => second(app, 'Joined', { definition: joined, context: '/joined' })).not.toThrow();
    expect(() => second(app, 'Two', { definition: other, context: '/other' })).not.toThrow();
  });
});

describe('a large document', () => {
  const text = (kilobytes: number) =>
    JSON.stringify(
      Array.from(
        { length: kilobytes * 8 },
        (_, index) => `${index} ${Math.sin(index)} a description of something`,
      ),
    ).slice(0, -1) + ']';

  it('is registered in parts that go before its registration, which names their digest', () => {
    const json = text(3000);
    const { stack } = synthesize({ definition: { ...shop, json } });
    const parts = stack
      .ofType('Custom::KeyboundDefinition')
      .map(({ properties }) =>
        z
          .looseObject({ apiId: z.string(), digest: z.string(), part: z.string(), content: z.string() })
          .parse(properties),
      );
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => String(index)));
    for (const { content } of parts) expect(content.length).toBeLessThanOrEqual(98_304);
    const [digest = ''] = parts.map((part) => part.digest);
    expect(registration(stack)['definition']).toEqual({ digest, parts: String(parts.length) });
    expect(unpackDefinition({ digest, parts: parts.map(({ content }) => content) })).toBe(json);
    expect(stack.at('Shop/Registration').dependsOn).toEqual(
      expect.arrayContaining(parts.map((_, index) => `Shop/Definition${index + 1}`)),
    );
    expect(JSON.stringify(stack.at('Shop/Registration').properties).length).toBeLessThan(100_000);
  });

  it('is refused when the portal could not serve it', () => {
    expect(() =>
      synthesize({ definition: { ...shop, json: JSON.stringify('x'.repeat(6_400_000)) } }),
    ).toThrow('in an answer of the developer portal, which holds');
  });

  it('of many quotes, which an event escapes, is registered in parts, although it has 100 KB', () => {
    const json = JSON.stringify(Array.from({ length: 14_000 }, () => 'item'));
    expect(json.length).toBeLessThan(100 * 1024);
    const { stack } = synthesize({ definition: { ...shop, json } });
    expect(stack.ofType('Custom::KeyboundDefinition')).toHaveLength(1);
  });

  it('of 100 KB is registered as it is', () => {
    const json = JSON.stringify('x'.repeat(100_000));
    expect(registration(synthesize({ definition: { ...shop, json } }).stack)['definition']).toBe(json);
  });
});

it('an unknown ARN of a backend is told apart at the deployment only', () => {
  expect(() =>
    synthesize({}, (scope) => ({
      backend: { function: Function.fromFunctionArn(scope, 'Later', Fn.importValue('ShopArn')) },
    })),
  ).not.toThrow();
});
