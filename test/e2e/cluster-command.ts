import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFailed, onTestFinished } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';

/** `npm run cluster -- …`, its output as it comes. */
export class ClusterCommand {
  readonly process: ChildProcess;
  output = '';

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const program = join(workbookRoot, 'workbook', 'run.mjs');
    this.process = spawn(process.execPath, [program, 'cluster', ...args], {
      cwd: workbookRoot,
      detached: true,
      env: { ...process.env, ...environment },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    onTestFailed(() => console.error(this.output));
    onTestFinished(async () => {
      if (!this.isRunning) return;
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    });
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Waits until the output has this, and gives what matched. */
  async says(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.output);
      if (found) return found;
      if (!this.isRunning) throw new Error(`It ended before it said ${wanted}:\n${this.output}`);
      const { stdout, stderr } = this.process;
      await Promise.race([
        once(this.process, 'exit'),
        ...[stdout, stderr].flatMap((stream) => (stream ? [once(stream, 'data')] : [])),
      ]);
    }
  }

  /** The address of HAProxy without the scheme, once everything runs. */
  async host(): Promise<string> {
    const [, port] = await this.says(/Chat +http:\/\/localhost:(\d+)[\s\S]*Redis/);
    return `127.0.0.1:${port}`;
  }

  async exitCode(): Promise<number | null> {
    if (this.isRunning) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** All processes that it has started, and that these have, with their command lines. Linux only. */
  processes(): Map<number, string> {
    const found = new Map<number, string>();
    const visit = (pid: number): void => {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
      for (const child of children.map(Number)) {
        found.set(child, readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' '));
        visit(child);
      }
    };
    visit(this.process.pid ?? Number.NaN);
    return found;
  }
}
