import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { deploymentSchema } from '../../scripts/deployment-schema.ts';
import { templateProblems } from '../../scripts/template/check-template.ts';
import { SettingsFile } from '../../lib/settings/deployment-settings.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';

vi.setConfig({ testTimeout: 300_000 });
const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  );

const ORDERS = `
openapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
paths:
  /orders: { get: {} }
`;
const Resources = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });

describe("the README's app", () => {
  it('synthesizes as the README says, with a bundle, and AWS would take it', () => {
    const [app = '', handler = '', ...others] = blocks('README.md', 'ts');
    expect(others).toEqual([]);
    const directory = temporaryDirectory();
    for (const shared of ['lib', 'lambdas', 'node_modules', 'package.json'])
      symlinkSync(join(ROOT, shared), join(directory, shared));
    writeFileSync(join(directory, 'app.ts'), app);
    writeFileSync(join(directory, 'orders.ts'), handler);
    writeFileSync(join(directory, 'orders.yaml'), ORDERS);
    mkdirSync(join(directory, 'cdk.out'));
    const [, output = ''] = /CDK_OUTDIR=(\S+) npx node app\.ts/.exec(read('README.md')) ?? [];
    const run = spawnSync(process.execPath, ['app.ts'], {
      cwd: directory,
      env: { ...process.env, CDK_OUTDIR: output },
      encoding: 'utf8',
    });
    expect(run.stderr).not.toContain('Error');
    expect(run.status).toBe(0);
    const template: unknown = JSON.parse(
      readFileSync(join(directory, output, 'Orders.template.json'), 'utf8'),
    );
    expect(templateProblems(template)).toEqual([]);
    const types = Object.values(Resources.parse(template).Resources).map(({ Type }) => Type);
    expect(types).toContain('AWS::ApiGatewayV2::Route');
    expect(types).toContain('AWS::Lambda::Function');
    expect(types).toContain('Custom::KeyboundApi');
  });
});

describe('the file of a deployment', () => {
  it('has the checked-in schema that its settings are read by', () => {
    expect(JSON.parse(read('docs/operate/deployment.schema.json'))).toEqual(deploymentSchema());
  });

  it('is usable as the page about operations shows it', () => {
    const files = blocks('docs/operations.md', 'json').filter((code) =>
      code.includes('deployment.schema.json'),
    );
    expect(files).toHaveLength(1);
    for (const file of files) expect(SettingsFile.safeParse(JSON.parse(file)).error).toBeUndefined();
  });

  it('has all its settings explained', () => {
    const page = read('docs/operations.md');
    const names = Object.keys(SettingsFile.shape).filter((name) => name !== '$schema');
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
