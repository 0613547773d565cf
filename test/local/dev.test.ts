import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { runDev, type DevOptions } from '../../local/dev.ts';
import { parseJson } from '../../local/parse-json.ts';
import { writeAssembly } from './assembly/write-assembly.ts';
import { ISSUER } from './sample-runner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const SAMPLE = pathToFileURL(join(import.meta.dirname, 'assembly/sample-assembly.ts')).href;

/** A folder as a user has it. Its app writes the sample assembly, with a text from a file, and what it was given. */
function userProject(files: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory();
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const app = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { writeSampleAssembly } from ${JSON.stringify(SAMPLE)};
    writeFileSync('.given.json', JSON.stringify(process.env));
    const seedText = readFileSync('text.txt', 'utf8');
    writeSampleAssembly(process.env.CDK_OUTDIR ?? '', { issuer: ${JSON.stringify(ISSUER)}, seedText });
  `;
  const all = { 'app.ts': app, 'text.txt': 'one', 'cdk.json': `{ "app": "node app.ts" }`, ...files };
  for (const [name, text] of Object.entries(all)) write(name, text);
  const given = () =>
    z.record(z.string(), z.string()).parse(parseJson(readFileSync(join(directory, '.given.json'), 'utf8')));
  return { directory, write, given };
}

/** `keybound dev` in memory on free ports, until the test ends or stops it. */
function dev(directory: string, options: Partial<DevOptions> = {}) {
  const stop = new AbortController();
  const printed: string[] = [];
  const noted: string[] = [];
  const ended = runDev({
    directory,
    gatewayPort: 0,
    managementPort: 0,
    watch: true,
    quiet: true,
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
    signal: stop.signal,
    ...options,
  });
  const close = (): Promise<number> => {
    stop.abort();
    return ended;
  };
  onTestFinished(async () => {
    await close();
  });
  /** Waits until a line with the text has been written for the `nth` time; the end of the run is one, too. */
  const until = async (text: string, nth = 1): Promise<void> => {
    const count = (): number => [...printed, ...noted].filter((line) => line.includes(text)).length;
    let over = false;
    void ended.then(() => (over = true));
    await vi.waitUntil(() => over || count() >= nth, { timeout: 100_000, interval: 20 });
    expect(count(), noted.join('\n')).toBeGreaterThanOrEqual(nth);
  };
  const urlOf = (stage: string): string =>
    new RegExp(`notes \\(${stage}\\): (\\S+)`).exec(printed.join('\n'))?.[1] ?? '';
  const note = async (id: string, init: RequestInit = {}, stage = 'production'): Promise<unknown> =>
    parseJson(
      await (await fetch(`${urlOf(stage)}/notes/${id}`, { ...init, headers: { apikey: 'me' } })).text(),
    );
  return { ended, close, printed, noted, until, note, urlOf };
}

describe('keybound dev', () => {
  it('runs the app that cdk.json names, and prints addresses that fetch reaches as they are', async () => {
    const { directory } = userProject();
    const { until, note, printed, close, urlOf } = dev(directory, { watch: false });
    await until('Ready.');
    await note('a', { method: 'PUT', body: 'hello' });
    expect(await note('a')).toMatchObject({ text: 'hello', stage: 'green' });
    expect(await note('a', {}, 'sandbox')).toMatchObject({ text: 'hello', stage: 'sand' });
    expect((await fetch(`${urlOf('production')}/notes/a`)).status).toBe(401);
    expect(printed.join('\n')).toMatch(/management: http:\/\/localhost:\d+\n/);
    expect(await close()).toBe(0);
    await expect(note('a')).rejects.toThrow('fetch failed');
  });

  it('gives the app its context and a region, and no credentials', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_PROFILE', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { directory, given } = userProject({
      'cdk.json': '{ "app": "node app.ts", "context": { "a": "file", "b": "file" } }',
      'cdk.context.json': '{ "looked-up": ["x"], "a": "kept" }',
    });
    const { until } = dev(directory, { watch: false, context: { b: 'flag' } });
    await until('Ready.');
    const aws = Object.keys(given()).filter((name) => name.startsWith('AWS_'));
    expect(aws.toSorted()).toEqual(['AWS_DEFAULT_REGION', 'AWS_REGION']);
    expect(given()).toMatchObject({ CDK_DEFAULT_ACCOUNT: '000000000000', CDK_DEFAULT_REGION: 'us-east-1' });
    expect(parseJson(given()['CDK_CONTEXT_JSON'] ?? '')).toEqual({
      'keybound:local': 'true',
      'looked-up': ['x'],
      a: 'file',
      b: 'flag',
    });
  });

  it('runs the app again when a source changes, and keeps data and addresses', async () => {
    const { directory, write } = userProject();
    const { until, note, noted, close } = dev(directory);
    await until('Watching ');
    expect(await note('seeded')).toMatchObject({ text: 'Create one' });
    await note('a', { method: 'PUT', body: 'kept' });

    write('text.txt', 'two');
    await until('Reloaded.');
    expect(await note('seeded')).toMatchObject({ text: 'Update two' });
    expect(await note('a')).toMatchObject({ text: 'kept' });

    write('unused.txt', 'of no account');
    await until('The app makes what it made before.');
    expect(noted.filter((line) => line === 'Reloaded.')).toHaveLength(1);
    expect(await close()).toBe(0);
  });

  it('goes on serving when the app breaks, and reloads when it is mended', async () => {
    const { directory, write } = userProject();
    const { until, note } = dev(directory);
    await until('Watching ');
    const app = readFileSync(join(directory, 'app.ts'), 'utf8');
    write('app.ts', 'throw new Error("half written");');
    await until('half written');
    await until('The app from before is still served.');
    expect(await note('seeded')).toMatchObject({ text: 'Create one' });
    write('text.txt', 'two');
    write('app.ts', app);
    await until('Reloaded.');
    expect(await note('seeded')).toMatchObject({ text: 'Update two' });
  });

  it('serves nothing after a change that cannot be deployed, until it is mended', async () => {
    const { directory, write } = userProject();
    const { until, note } = dev(directory);
    await until('Watching ');
    write('text.txt', 'fail');
    await until('Create failed: told to fail'.replace('Create', 'Update'));
    await until('Nothing is served until a change makes the app run again.');
    await expect(note('seeded')).rejects.toThrow('fetch failed');
    write('text.txt', 'three');
    await until('Reloaded.');
    expect(await note('seeded')).toMatchObject({ text: 'Update three' });
  });

  const withResources = (Resources: object) =>
    writeAssembly(join(temporaryDirectory(), 'out'), { Files: { template: { Resources } } });
  const lookingFor = (...deployments: readonly string[]) => ({
    Parameters: Object.fromEntries(
      deployments.map((deployment, index) => [
        `Core${index}`,
        {
          Type: 'AWS::SSM::Parameter::Value<String>',
          Default: `/keybound/${deployment}/authorizer-arn`,
        },
      ]),
    ),
  });

  it.each<[string, RegExp, () => { directory: string } & Partial<DevOptions>]>([
    [
      'a folder without cdk.json',
      /^There is no cdk\.json in .+ name its command with --app\.$/,
      () => ({ directory: temporaryDirectory() }),
    ],
    [
      'a cdk.json without an app',
      /^cdk\.json in .+ has no "app"/,
      () => userProject({ 'cdk.json': '{ "context": {} }' }),
    ],
    ['a cdk.json that is no JSON', /cdk\.json cannot be read: /, () => userProject({ 'cdk.json': '{ app' })],
    [
      'an app that fails',
      /^The CDK app could not be synthesized:\n[^]*no such thing/,
      () => userProject({ 'app.ts': 'throw new Error("no such thing");' }),
    ],
    [
      'an app that writes no assembly',
      /there is no manifest\.json; does the app call app\.synth\(\)\?$/,
      () => userProject({ 'app.ts': '' }),
    ],
    [
      'an app that looks something up in an account',
      /an AWS account, which the runner never does: vpc-provider:x\. Run "npx cdk synth" once/,
      () =>
        userProject({
          'app.ts': `import { writeFileSync } from 'node:fs';
            const manifest = { artifacts: {}, missing: [{ key: 'vpc-provider:x' }] };
            writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', JSON.stringify(manifest));`,
        }),
    ],
    [
      'resources that cannot be run',
      /^Cannot run Files\/A \(AWS::S3::Bucket\): this resource type is not supported; nor is Files\/C \(AWS::EC2::VPC\)$/,
      () => ({
        directory: '.',
        watch: false,
        assemblyDirectory: withResources({
          A: { Type: 'AWS::S3::Bucket' },
          B: { Type: 'AWS::SQS::Queue' },
          C: { Type: 'AWS::EC2::VPC' },
        }),
      }),
    ],
    [
      'a stack that is not there',
      /: there is no stack Orders; there are Sample$/,
      () => ({ ...userProject(), stacks: ['Orders'] }),
    ],
    [
      'stacks that look for two cores',
      /^Cannot run Shop: they look for the cores of the deployments dev and prod, .* choose stacks by name$/,
      () => ({
        directory: '.',
        watch: false,
        assemblyDirectory: writeAssembly(join(temporaryDirectory(), 'out'), {
          Shop: { template: lookingFor('dev', 'prod') },
        }),
      }),
    ],
  ])('ends with 1 and the reason for %s', async (_what, reason, make) => {
    const { directory, ...options } = make();
    const { ended, noted, printed } = dev(directory, options);
    expect(await ended).toBe(1);
    expect(noted.at(-1)).toMatch(reason);
    expect(printed).toEqual([]);
  });

  it('ends an app that is still running when it is told to stop', async () => {
    const { directory, given } = userProject({
      'app.ts': `import { writeFileSync } from 'node:fs';
        writeFileSync('.given.json', JSON.stringify({ pid: String(process.pid) }));
        setInterval(() => undefined, 1_000);`,
    });
    const { close } = dev(directory);
    const pid = await vi.waitFor(() => Number(given()['pid']), { timeout: 60_000 });
    expect(await close()).toBe(0);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 60_000 });
  });

  it('finds data again that it kept, and writes nothing else into the project', async () => {
    const { directory } = userProject();
    const dataDirectory = join(directory, '.keybound');
    mkdirSync(dataDirectory);
    const first = dev(directory, { dataDirectory });
    await first.until('Watching ');
    await first.note('a', { method: 'PUT', body: 'kept' });
    expect(await first.close()).toBe(0);
    const second = dev(directory, { dataDirectory, watch: false });
    await second.until('Ready.');
    expect(await second.note('a')).toMatchObject({ text: 'kept' });
  });
});
