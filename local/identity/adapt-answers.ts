import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens.ts';
import { DEVICE_CODE_GRANT } from './clients.ts';
import { createDevicePolls } from './device-polls.ts';
import { PATHS } from './paths.ts';

const Tokens = z.looseObject({ access_token: z.string() });
const DeviceCodes = z.looseObject({ device_code: z.string() });
const Refusal = z.looseObject({ error: z.string() });
const Discovery = z.looseObject({ grant_types_supported: z.array(z.string()) });

/** Adds to the library's answers what clients of Cognito, and of devices, expect of them. */
export function adaptAnswers(provider: Provider, accessTokens: AccessTokens): void {
  const polls = createDevicePolls();
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    if (ctx.path === PATHS.deviceAuthorization && ctx.status === 200) {
      ctx.body = { ...DeviceCodes.parse(ctx.body), interval: polls.intervalSeconds };
    } else if (ctx.path === PATHS.token) {
      ctx.body = await adaptTokenAnswer(ctx);
    } else {
      const discovery = Discovery.safeParse(ctx.body).data;
      if (discovery !== undefined) {
        ctx.body = { ...discovery, grant_types_supported: discovery.grant_types_supported.toSorted() };
      }
    }
  });

  const adaptTokenAnswer = async (ctx: KoaContextWithOIDC): Promise<unknown> => {
    const { entities, params } = ctx.oidc;
    const issued = entities.AccessToken ?? entities.ClientCredentials;
    const tokens = Tokens.safeParse(ctx.body).data;
    if (tokens !== undefined && issued !== undefined) {
      return { ...tokens, access_token: await accessTokens.sign(issued) };
    }
    const refusal = Refusal.safeParse(ctx.body).data;
    const { grant_type: grantType, code, device_code: deviceCode } = params ?? {};
    if (refusal?.error === 'invalid_grant' && grantType === 'authorization_code') {
      // A wrong attempt uses the code up: it cannot be tried again.
      await (await provider.AuthorizationCode.find(String(code)))?.destroy();
    }
    if (grantType !== DEVICE_CODE_GRANT || typeof deviceCode !== 'string') return ctx.body;
    if (refusal?.error !== 'authorization_pending') return ctx.body;
    return polls.isTooEarly(deviceCode)
      ? { error: 'slow_down', error_description: 'Ask less often' }
      : ctx.body;
  };
}
