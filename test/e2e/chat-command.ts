import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** `npm run chat -- …`, its output as it comes. */
export class Chat {
  readonly process: ChildProcess;
  output = '';

  constructor(root: string, ...args: string[]) {
    this.process = spawn(process.execPath, [join(root, 'workbook', 'run.mjs'), 'chat', ...args], {
      cwd: root,
      detached: process.platform !== 'win32',
      env: { ...process.env, AUTH_SECRET: '' },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    onTestFinished(async () => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) return;
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    });
  }

  /** Waits until the output has this, and gives what matched. */
  async says(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.output);
      if (found) return found;
      if (this.process.exitCode !== null)
        throw new Error(`It ended before it said ${wanted}:\n${this.output}`);
      const { stdout, stderr } = this.process;
      await Promise.race([stdout, stderr].flatMap((stream) => (stream ? [once(stream, 'data')] : [])));
    }
  }

  /** Its address without the scheme, once it runs. */
  async host(): Promise<string> {
    return `127.0.0.1:${(await this.says(/Chat: https?:\/\/localhost:(\d+)/))[1]}`;
  }

  async exitCode(): Promise<number | null> {
    if (this.process.exitCode === null) await once(this.process, 'close');
    return this.process.exitCode;
  }
}
