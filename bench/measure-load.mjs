// Prints how long importing the module takes whose URL is the argument: `{"elapsed", "cpu"}`, both in
// milliseconds; `cpu` is what the process computed, `elapsed` also has what it waited for a processor. Run it in
// a new process each time: a second import would find what the first has loaded. Not TypeScript, so that Node's
// compiler for it stays out of the measured process.
import { performance } from 'node:perf_hooks';
import { argv, cpuUsage, stdout } from 'node:process';

const cpuBefore = cpuUsage();
const startedAt = performance.now();
await import(argv[2]);
const elapsed = performance.now() - startedAt;
const { user, system } = cpuUsage(cpuBefore);
stdout.write(JSON.stringify({ elapsed, cpu: (user + system) / 1000 }));
