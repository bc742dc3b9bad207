import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { workbookRoot } from '../../workbook/course.ts';

/** Made again by whoever needs them, or the learner's own. */
const leftOut = ['node_modules', '.git', '.workbook', 'docs/.vitepress/cache', 'docs/.vitepress/dist'];

/** A copy of the whole workbook in a folder of its own, to write into. Shares the installed packages. */
export function copyWorkbook(): { root: string; remove: () => void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'websocket-101-')));
  const root = join(folder, 'workbook');
  const wanted = (path: string) => !leftOut.includes(relative(workbookRoot, path).replaceAll('\\', '/'));
  cpSync(workbookRoot, root, { recursive: true, filter: wanted });
  // Junctions need no rights on Windows.
  symlinkSync(join(workbookRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  return { root, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** All HTML files below a folder, as paths with slashes. */
export function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .map((path) => path.replaceAll('\\', '/'));
}

/** A command of the workbook that was started, and what it has said so far. */
export class RunningCommand {
  readonly process: ChildProcess;
  output = '';
  readonly #exit: Promise<number | null>;

  constructor(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.process.emit('output');
      });
    }
    this.#exit = once(this.process, 'exit').then(([code]) => code as number | null);
  }

  /** Resolves with the first match in what it says; rejects when it ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (ended) throw new Error(`It ended and never said ${pattern}:\n${this.output}`);
      ended = await Promise.race([
        once(this.process, 'output').then(() => false),
        this.#exit.then(() => true),
      ]);
    }
  }

  /** Its exit code; null when a signal ended it. */
  async exit(): Promise<number | null> {
    return await this.#exit;
  }

  /** As Ctrl-C does. */
  async interrupt(): Promise<number | null> {
    this.process.kill('SIGINT');
    return await this.#exit;
  }
}
