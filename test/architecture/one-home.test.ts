import { describe, expect, it } from 'vitest';
import * as apiPaths from '../../lambdas/contract/api-paths.ts';
import { GROUP_HEADER } from '../../lambdas/contract/roles.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { ADMIN, HOLDER, PORTAL, PUBLISHER } from '../../cli/rest/rest-client.ts';
import { modules, within } from './project-modules.ts';
import type { SourceModule } from './read-modules.ts';

describe('the environment, the clock and the keys', () => {
  it('let only entry points read the environment', () => {
    const readers = modules
      .filter(
        ({ globals, imports }) =>
          globals.has('process.env') ||
          globals.has('process') ||
          imports.some(({ target }) => target === 'node:process'),
      )
      .map(({ path }) => path);
    const entryPoints =
      /^(?:bin\/.*|cli\/main|(?:lambdas\/functions|examples\/samples)\/[^/]+\/handler|local\/(?:start|dev)|local\/assembly\/synthesize|scripts\/(?:[^/]+|template\/synthesize-apps))\.ts$/;
    expect(readers).toContain('lambdas/functions/authorizer/handler.ts');
    expect(readers.filter((path) => !entryPoints.test(path))).toEqual([]);
  });

  it('give the clock of the lambdas one home', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('Date.now') || globals.has('Date'));
    expect(readers.map(({ path }) => path)).toEqual(['lambdas/platform/clock.ts']);
  });

  it('let lambdas take the present as a date for the time stamp of a log line only', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('new Date()'));
    expect(readers.map(({ path }) => path).filter((path) => path !== 'lambdas/platform/log.ts')).toEqual([]);
  });

  it('spell the keys of the table in one file', () => {
    const prefix =
      /^(?:API|APP|APPKEY|APPNAME|AUDIT|BATCH|CALLS|COUNTER|CREDENTIAL|IDEMPOTENCY|KEY|LINK|OWNER|POLICY|REFUSAL|SUBSCRIPTION)#/;
    const spelling = modules.filter(({ texts }) => texts.some((text) => prefix.test(text)));
    expect(spelling.map(({ path }) => path)).toEqual(['lambdas/platform/dynamodb/keys.ts']);
  });
});

describe('what processes tell each other', () => {
  /** The command line could be a package of its own: what it knows of the server, it spells itself. */
  const server = modules.filter(({ path }) => !path.startsWith('cli/'));
  const spelling = (pattern: RegExp, among: readonly SourceModule[] = server) =>
    among.filter(({ texts }) => texts.some((text) => pattern.test(text))).map(({ path }) => path);

  const STAGE_NAMES = new RegExp(`^(?:${Object.values(STAGE_VARIABLES).join('|')})$`);

  it.each([
    ['the base paths of the management APIs', /\/api\/(?:am|keybound)\b/, 'api-paths'],
    ['the header that names a group', /^x-keybound-group$/i, 'roles'],
    ['the names of stage variables', STAGE_NAMES, 'stage-variables'],
    ['the types of the custom resources', /^Custom::Keybound/, 'registration'],
    ['the names of published parameters', /^\/keybound\/|-arn$/, 'published-parameters'],
  ])('spells %s in one module', (_, pattern, name) => {
    expect(spelling(pattern)).toEqual([`lambdas/contract/${name}.ts`]);
  });

  it('spells the filters of lines of log where the lines are', () => {
    expect(spelling(/\$\.type = "/)).toEqual([
      'lambdas/contract/access-line.ts',
      'lambdas/contract/refusal-line.ts',
    ]);
  });

  it('spells what the command line knows of the server once there, as the server does', () => {
    const cli = within('cli');
    expect(spelling(/\/api\/(?:am|keybound)\b/, cli)).toEqual(['cli/rest/rest-client.ts']);
    expect({ ADMIN, HOLDER, PORTAL, PUBLISHER }).toEqual({
      ADMIN: apiPaths.ADMIN_BASE,
      HOLDER: apiPaths.HOLDER_BASE,
      PORTAL: apiPaths.PORTAL_BASE,
      PUBLISHER: apiPaths.PUBLISHER_BASE,
    });
    const headers = cli.flatMap(({ texts }) => texts.filter((text) => /^x-keybound-group$/i.test(text)));
    expect(headers).toEqual([GROUP_HEADER]);
  });
});
