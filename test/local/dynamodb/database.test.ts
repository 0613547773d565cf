import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../local/dynamodb/database.ts';
import { findEngineBinary } from '../../../local/dynamodb/engine-binary.ts';
import { ensureTable } from '../../../local/dynamodb/ensure-table.ts';
import { lockDataDirectory } from '../../../local/dynamodb/lock-data-directory.ts';
import { openRunnerState } from '../../../local/dynamodb/runner-state.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { KEYS_TABLE, keysIn, openTestDatabase, put } from './database-fixture.ts';

const DATABASE_MODULE = new URL('../../../local/dynamodb/database.ts', import.meta.url).href;

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

describe('the embedded engine', () => {
  it('keeps data between starts in a directory, and none in memory', async () => {
    const directory = temporaryDirectory();
    const first = await openTestDatabase(directory);
    await ensureTable(first.call, KEYS_TABLE);
    await put(first, 'one');
    await first.stop();
    expect(await keysIn(await openTestDatabase(directory))).toEqual(['one']);
    await expect(keysIn(await openTestDatabase())).rejects.toMatchObject({
      type: 'ResourceNotFoundException',
    });
  });

  it('deletes expired items when told to', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, { ...KEYS_TABLE, ttlAttribute: 'ttl' });
    await put(database, 'expired', { ttl: 1 });
    await put(database, 'valid', { ttl: 99_999_999_999 });
    await database.sweepExpired();
    expect(await keysIn(database)).toEqual(['valid']);
  });

  it('can run several times at once', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => openTestDatabase()));
    expect(new Set(databases.map(({ endpoint }) => endpoint)).size).toBe(6);
  });

  it('ends with a process that is killed, and every acknowledged write is there at the next start', async () => {
    const directory = temporaryDirectory();
    // Reports each write after the engine has acknowledged it, until it is killed in the middle of them.
    const script = `
      const { openDatabase } = await import(${JSON.stringify(DATABASE_MODULE)});
      const database = await openDatabase({ dataDirectory: ${JSON.stringify(directory)}, report: console.error });
      await database.call('CreateTable', {
        TableName: 'keys', BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      });
      for (let n = 0; ; n += 1) {
        await database.call('PutItem', { TableName: 'keys', Item: { pk: { S: 'item-' + n } } });
        console.log('item-' + n);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 200) child.kill('SIGKILL');
    }
    const enginePid = Number(readFileSync(join(directory, 'engine.pid'), 'utf8'));
    await expect.poll(() => isAlive(enginePid), { timeout: 5_000 }).toBe(false);

    const kept = await keysIn(await openTestDatabase(directory));
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    expect(acknowledged.filter((item) => !kept.includes(item))).toEqual([]);
  });

  it('ends an engine that was left behind on the same directory before it starts', async () => {
    const directory = temporaryDirectory();
    const database = join(directory, 'dynamodb.sqlite');
    const orphan = spawn(findEngineBinary(), ['serve', '--port', '0', '--db-path', database], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void orphan.kill('SIGKILL'));
    await once(orphan.stderr, 'data');
    writeFileSync(join(directory, 'engine.pid'), String(orphan.pid));
    const ended = once(orphan, 'exit');
    await openTestDatabase(directory);
    await ended;
    expect(orphan.exitCode ?? orphan.signalCode).not.toBeNull();
  });

  it('never ends a process that only has the number of a former engine', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'engine.pid'), String(process.pid));
    const database = await openTestDatabase(directory);
    expect(await database.call('ListTables', {})).toEqual({ TableNames: [] });
  });

  it('reports when it has ended by itself', async () => {
    const directory = temporaryDirectory();
    const database = await openTestDatabase(directory);
    process.kill(Number(readFileSync(join(directory, 'engine.pid'), 'utf8')), 'SIGKILL');
    expect(await database.died).toMatch(/engine ended by itself \(SIGKILL\)/);
  });

  it('is not started when there is an endpoint already', async () => {
    const engine = await openTestDatabase();
    await ensureTable(engine.call, KEYS_TABLE);
    const database = await openDatabase({ endpoint: engine.endpoint, report: () => undefined });
    expect(database.endpoint).toBe(engine.endpoint);
    await database.stop();
    expect(await keysIn(engine)).toEqual([]);
  });
});

describe("the runner's state", () => {
  it('is kept in the database itself', async () => {
    const database = await openTestDatabase();
    const state = await openRunnerState(database.call);
    await state.save('a/1', 'x');
    await state.save('a/1', 'y');
    await state.save('b/1', 'z');
    const again = await openRunnerState(database.call);
    expect(await again.load('a/1')).toBe('y');
    expect(await again.ids('a/')).toEqual(['a/1']);
    await again.remove('a/1');
    expect(await again.load('a/1')).toBeUndefined();
  });
});

describe('lockDataDirectory', () => {
  it('refuses a directory that is in use, and takes it when it is free again', async () => {
    const directory = temporaryDirectory();
    const release = await lockDataDirectory(directory);
    await expect(lockDataDirectory(directory)).rejects.toThrow(
      expect.objectContaining({
        code: 'DATA_DIRECTORY_IN_USE',
        message: `Another runner uses the data directory ${directory}; stop it, or choose another one with --data-dir`,
      }),
    );
    await release();
    await (
      await lockDataDirectory(directory)
    )();
  });
});
