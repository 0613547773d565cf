import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running engine. */
export interface EmbeddedEngine {
  readonly endpoint: string;
  /** Deletes the items whose time to live has passed; the engine never does it by itself. */
  sweepExpired(): Promise<void>;
  /** Resolves when the engine has ended without having been stopped. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

/** The engine did not come up. */
export class EngineStartError extends Error {
  readonly code = 'ENGINE_START_FAILED';

  constructor(output: string) {
    super(`The DynamoDB engine did not start: ${output.trim() || 'it ended without a word'}`);
    this.name = 'EngineStartError';
  }
}

export interface EngineOptions {
  readonly binary: string;
  /** Where the database is kept; in memory when undefined. Must be used by nobody else. */
  readonly dataDirectory?: string;
}

const ATTEMPTS = 5;

/**
 * Starts dynoxide on loopback. All that is peculiar to it is in this file: it cannot report a port that it
 * picked itself, never sweeps expired items but through its tool server, and would survive a killed runner.
 * @throws EngineStartError
 */
export async function startEmbeddedEngine({ binary, dataDirectory }: EngineOptions): Promise<EmbeddedEngine> {
  if (dataDirectory !== undefined) await endLeftover(dataDirectory);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(binary, dataDirectory);
    } catch (error) {
      // Somebody else can take a free port between its choice and its use.
      if (attempt >= ATTEMPTS || !String(error).includes('in use')) throw error;
    }
  }
}

async function launch(binary: string, dataDirectory: string | undefined): Promise<EmbeddedEngine> {
  const [port, toolPort] = await Promise.all([freePort(), freePort()]);
  const token = randomUUID();
  const databaseFile =
    dataDirectory === undefined ? [] : ['--db-path', join(dataDirectory, 'dynamodb.sqlite')];
  const engine = spawn(
    binary,
    [
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--mcp',
      '--mcp-port',
      String(toolPort),
      ...databaseFile,
    ],
    // A process group of its own: Ctrl-C in a terminal must reach the runner only, which stops things in order.
    { stdio: ['ignore', 'pipe', 'pipe'], env: { DYNOXIDE_MCP_AUTH_TOKEN: token }, detached: true },
  );
  const pid = engine.pid;
  const exited = once(engine, 'exit');
  await untilListening(engine);
  if (pid === undefined) throw new EngineStartError('no process');
  const releaseWatcher = watch(pid);
  const pidFile = dataDirectory === undefined ? undefined : pidFileOf(dataDirectory);
  if (pidFile !== undefined) writeFileSync(pidFile, String(pid));
  let stopping = false;
  const died = exited.then(([exitCode, signal]: unknown[]) => {
    releaseWatcher();
    if (stopping) return new Promise<string>(() => undefined);
    return `The DynamoDB engine ended by itself (${String(exitCode ?? signal)})`;
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    died,
    sweepExpired: () => callTool(toolPort, token, 'sweep_ttl'),
    async stop() {
      stopping = true;
      engine.kill('SIGTERM');
      const killer = setTimeout(() => engine.kill('SIGKILL'), 3_000);
      await exited;
      clearTimeout(killer);
      if (pidFile !== undefined) rmSync(pidFile, { force: true });
    },
  };
}

async function untilListening(engine: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    let awaited = 2;
    for (const stream of [engine.stdout, engine.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (awaited === 0) return;
        output += `${line}\n`;
        if (line.includes('listening on')) awaited -= 1;
        if (awaited === 0) resolve();
      });
    }
    engine.once('error', (error) => reject(new EngineStartError(error.message)));
    engine.once('close', () => reject(new EngineStartError(output)));
  });
}

/**
 * Ends the engine when this process is gone, however it went: the watcher waits for its input to close, which
 * the system does even for a process that was killed. Returns what tells the watcher to leave.
 */
function watch(pid: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', 'read -r line || kill -TERM "$0" 2>/dev/null', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  watcher.stdin.on('error', () => undefined);
  return () => watcher.stdin.end('leave\n');
}

/** Ends an engine that a killed runner has left behind on the same database, if the watcher was killed, too. */
async function endLeftover(dataDirectory: string): Promise<void> {
  const pid = Number(readIfThere(pidFileOf(dataDirectory)));
  const isOurs = (): boolean => {
    const commandLine = readIfThere(`/proc/${pid}/cmdline`).split('\0');
    return commandLine.includes(join(dataDirectory, 'dynamodb.sqlite'));
  };
  if (!Number.isInteger(pid) || pid <= 0) return;
  for (let attempt = 0; isOurs(); attempt += 1) {
    process.kill(pid, attempt < 50 ? 'SIGTERM' : 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function pidFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'engine.pid');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function callTool(port: number, token: string, name: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"isError":true') || text.includes('"error":{')) {
    throw new Error(`The engine's ${name} failed: ${text}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
