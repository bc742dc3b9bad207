import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';

/** `npm run chat:cli -- …`, in pipes. */
export class Cli {
  readonly process: ChildProcessWithoutNullStreams;
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;
  #arrived = () => {};

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, ['workbook/run.mjs', 'chat-cli', ...args], { cwd: workbookRoot });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#arrived();
    });
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#arrived();
    });
    this.ended = once(this.process, 'close').then(([code]) => {
      this.#arrived();
      return code as number | null;
    });
    onTestFinished(async () => {
      if (this.process.exitCode === null) this.process.kill('SIGTERM');
      await this.ended;
    });
  }

  /** Someone in the lobby of this chat. */
  static async connected(host: string, name: string): Promise<Cli> {
    const cli = new Cli('--url', `http://${host}`, '--name', name);
    await cli.says(new RegExp(`Connected as ${name}`));
    return cli;
  }

  type(...lines: string[]): void {
    for (const line of lines) this.process.stdin.write(`${line}\n`);
  }

  /** Waits until this stands in what it has written. */
  async says(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.stdout + this.stderr)) {
      if (this.process.exitCode !== null)
        throw new Error(`It ended before it said ${wanted}:\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}
