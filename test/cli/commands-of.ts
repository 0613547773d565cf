import { expect } from 'vitest';
import type { z } from 'zod';
import type { RunningKeybound } from '../support/run-keybound.ts';
import { runCli, type CliResult } from './run-cli.ts';

/** Commands against a running Keybound, as demo users with a token in the environment. */
export function commandsOf(running: () => RunningKeybound) {
  async function as(user: string, args: readonly string[], input?: string): Promise<CliResult> {
    const keybound = running();
    const environment = {
      KEYBOUND_URL: keybound.runner.managementUrl,
      KEYBOUND_TOKEN: await keybound.token(user),
      XDG_CONFIG_HOME: '/nowhere',
    };
    const result = await runCli(args, { environment, ...(input !== undefined && { input }) });
    expect(result.err).not.toContain(environment.KEYBOUND_TOKEN);
    return result;
  }

  /** Standard output of a command that succeeds. */
  async function out(user: string, args: readonly string[], input?: string): Promise<string> {
    const { code, out: printed, err } = await as(user, args, input);
    expect({ args, code, err: code === 0 ? '' : err }).toEqual({ args, code: 0, err: '' });
    return printed;
  }

  /** The server's answer to a command that succeeds. */
  async function json<T>(schema: z.ZodType<T>, user: string, args: readonly string[]): Promise<T> {
    return schema.parse(JSON.parse(await out(user, [...args, '--json'])));
  }

  return { as, out, json };
}
