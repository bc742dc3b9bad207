// Runs a program that is not ours, and ends it with the process that started this one, however that ends:
// keeper.mjs PROGRAM ARGUMENTS. Plain JavaScript, so that it starts at once.
import { spawn } from 'node:child_process';

/** How long the program may take to end, in ms. */
const endTimeoutMs = 3_000;

const [, , program, ...args] = process.argv;
// A process group of its own: Ctrl-C in the terminal must not end it before those who need it.
const child = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', ({ message }) => {
  console.error(message);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal) console.error(`ended by ${signal}`);
  process.exit(code ?? 1);
});
process.on('disconnect', () => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => {});
