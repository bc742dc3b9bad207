import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Course, conditionsWithout, type Lab, workbookRoot } from './course.ts';

/**
 * Runs a program of the workbook on the learner's files for the labs in `mine` and the reference for the others, with
 * the terminal, and takes its exit code. In a process of its own: which files the labs are is decided when one starts.
 * `program`: its path from the workbook's folder.
 */
export async function runOnLabs(course: Course, mine: Lab[], program: string, args: string[]): Promise<void> {
  const conditions = conditionsWithout(course, mine).map((condition) => `--conditions=${condition}`);
  const file = join(workbookRoot, program);
  const child = spawn(process.execPath, [...conditions, '--import', 'tsx', file, ...args], {
    stdio: 'inherit',
  });
  // Ctrl-C in a terminal reaches the child as well, and it ends itself politely, once. On Windows a signal from
  // here would end it on the spot.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => process.platform === 'win32' || child.kill(signal));
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
