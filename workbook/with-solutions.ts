import { fork } from 'node:child_process';
import { conditionsWithout, readCourse, workbookRoot } from './course.ts';

/**
 * For a program that runs labs and may be started by hand: makes sure that it runs the solutions unless it
 * was told otherwise, that is, started with `--conditions`. Without them the program is started again, as a
 * child with all of them, and false comes back: there is nothing left to do. `file`: `import.meta.filename`.
 */
export function runsWithConditions(file: string): boolean {
  if (/--conditions|-C /.test(`${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`)) {
    // Started by the code below: without a parent nobody would end this program. Waiting for that keeps it alive,
    // unless the channel is let go of.
    if (process.connected) process.on('disconnect', () => process.exit()).channel?.unref();
    return true;
  }
  const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
  const child = fork(file, process.argv.slice(2), { execArgv: [...process.execArgv, ...conditions] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
  return false;
}
