import { defineCommand } from '../command.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, usageFailure } from '../failures.ts';
import { detailLines } from '../output/table.ts';
import { textFlag, toggleFlag, wholeNumberFlag } from '../parsing/flags.ts';
import { isLoopback } from '../settings.ts';
import { accessToken, tokensOf } from '../sign-in/access-token.ts';
import { signInByBrowser } from '../sign-in/browser.ts';
import { signInByClientCredentials } from '../sign-in/client-credentials.ts';
import { signInByDeviceCode } from '../sign-in/device-code.ts';
import { discover } from '../sign-in/discovery.ts';
import { signInByPassword } from '../sign-in/password.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { postForm } from '../sign-in/token-endpoint.ts';
import { CLAIM_COLUMNS, readClaims } from '../sign-in/claims.ts';
import { readSecret } from './read-key-value.ts';

/** The client of the local runner's issuer. */
const LOCAL_CLIENT_ID = 'keybound-local';

interface WayFlags {
  readonly browser: boolean;
  readonly port?: number | undefined;
  readonly 'client-credentials': boolean;
  readonly password: boolean;
  readonly username?: string | undefined;
}

export const sessionCommands = [
  defineCommand({
    name: 'login',
    about: 'Sign in for the commands that follow',
    details: [
      'Shows an address, and a code to enter there on any device (device code). --browser signs in with a',
      'browser on this machine, for issuers without device codes such as Amazon Cognito.',
      '--client-credentials signs in a machine.',
    ].join(' '),
    flags: {
      'client-id': textFlag('ID', 'client that signs in (KEYBOUND_CLIENT_ID)'),
      scope: textFlag('SCOPES', "scopes to request, separated by spaces (default: the issuer's)"),
      browser: toggleFlag("use this machine's browser (authorization code with PKCE)"),
      port: wholeNumberFlag(
        'PORT',
        0,
        65_535,
        'with --browser: port of the callback http://localhost:PORT/ (default 8976)',
      ),
      'client-credentials': toggleFlag('sign in as KEYBOUND_CLIENT_ID with KEYBOUND_CLIENT_SECRET'),
      password: toggleFlag('sign in a demo user of the local runner; the password comes from standard input'),
      username: textFlag('NAME', 'with --password: the demo user'),
    },
    examples: [
      'keybound login',
      'keybound login --url https://abc.execute-api.eu-west-1.amazonaws.com --issuer https://idp.example.com --browser',
      'KEYBOUND_CLIENT_ID=… KEYBOUND_CLIENT_SECRET=… keybound login --client-credentials',
      'echo alice | keybound login --password --username alice',
    ],
    run: async (context, { flags }) => {
      const { settings, http, sessions, terminal, output, now } = context;
      const way = await chooseWay(context, flags);
      const clientId = clientIdOf(context, flags['client-id']);
      const configuration = await discover(http, settings.issuer);
      const tokens = await way({ http, configuration, clientId, scope: flags.scope, terminal, now });
      const revocationEndpoint = configuration.revocation_endpoint;
      sessions.write(settings.url, {
        issuer: settings.issuer,
        clientId,
        tokenEndpoint: configuration.token_endpoint,
        ...(revocationEndpoint !== undefined && { revocationEndpoint }),
        ...tokensOf(tokens, now()),
      });
      output.done(`Signed in at ${settings.url} as ${readClaims(tokens.access_token).user}.`);
    },
  }),
  defineCommand({
    name: 'logout',
    about: 'Sign out, here and at the issuer',
    examples: ['keybound logout'],
    run: async ({ settings, http, sessions, output }) => {
      const session = sessions.read(settings.url);
      sessions.remove(settings.url);
      if (session?.revocationEndpoint !== undefined && session.refreshToken !== undefined) {
        const form = { token: session.refreshToken, client_id: session.clientId };
        await postForm(http, session.revocationEndpoint, form).catch((error: unknown) => {
          if (!(error instanceof CommandFailure)) throw error;
          output.note(`The session is deleted here, but can still be valid at the issuer: ${error.message}`);
        });
      }
      output.done(
        session === undefined
          ? `You were not signed in at ${settings.url}.`
          : `Signed out at ${settings.url}.`,
      );
    },
  }),
  defineCommand({
    name: 'whoami',
    about: 'Show the signed-in user, the roles and when the session ends',
    examples: ['keybound whoami'],
    run: async ({ settings, sessions, http, output, now }) => {
      const claims = readClaims(await accessToken({ settings, sessions, http, now }));
      const shown = {
        url: settings.url,
        source: settings.token === undefined ? 'session' : 'KEYBOUND_TOKEN',
        ...claims,
      };
      output.show(shown, () => detailLines(CLAIM_COLUMNS, shown));
    },
  }),
];

async function chooseWay({ settings, terminal }: CommandContext, flags: WayFlags): Promise<SignIn> {
  const chosen = [flags.browser, flags['client-credentials'], flags.password].filter(Boolean);
  if (chosen.length > 1) throw usageFailure('Choose one of --browser, --client-credentials and --password.');
  if (flags.port !== undefined && !flags.browser) throw usageFailure('--port needs --browser.');
  if (flags.username !== undefined && !flags.password) throw usageFailure('--username needs --password.');
  if (flags.browser) return signInByBrowser(flags.port ?? 8976);
  if (flags['client-credentials']) {
    if (settings.clientId === undefined || settings.clientSecret === undefined) {
      throw usageFailure('--client-credentials needs KEYBOUND_CLIENT_ID and KEYBOUND_CLIENT_SECRET.');
    }
    return signInByClientCredentials(settings.clientSecret);
  }
  if (!flags.password) return signInByDeviceCode;
  if (!isLoopback(settings.issuer)) {
    throw usageFailure('--password works only for demo users of the local runner. Use keybound login.');
  }
  if (flags.username === undefined) throw usageFailure('--password needs --username NAME.');
  return signInByPassword(flags.username, await readSecret(terminal, 'Password'));
}

function clientIdOf({ settings }: CommandContext, flag: string | undefined): string {
  const clientId = flag ?? settings.clientId ?? (isLoopback(settings.issuer) ? LOCAL_CLIENT_ID : undefined);
  if (clientId === undefined) {
    throw new CommandFailure('usage', 'Pass --client-id ID, or set KEYBOUND_CLIENT_ID.', [
      'It is the output ClientId of the stack.',
    ]);
  }
  return clientId;
}
