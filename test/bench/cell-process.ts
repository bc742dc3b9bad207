import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import type { Cell } from './benchmark.ts';

const program = join(import.meta.dirname, 'cell.ts');

/** Measures a cell in a process of its own, on the reference solutions. It starts with the first value. */
export class CellProcess {
  readonly column: string;
  readonly values: number[] = [];
  readonly #name: string;
  readonly #cell: Cell;
  #running: { stdin: Writable; lines: AsyncIterator<string>; closed: Promise<unknown> } | undefined;

  constructor(name: string, cell: Cell) {
    this.#name = name;
    this.#cell = cell;
    this.column = cell.column;
  }

  async measure(): Promise<void> {
    this.#running ??= this.#start();
    this.#running.stdin.write('\n');
    const { value, done } = await this.#running.lines.next();
    if (done) throw new Error(`${this} has failed`);
    this.values.push(Number(value));
  }

  async end(): Promise<void> {
    this.#running?.stdin.end();
    await this.#running?.closed;
  }

  toString(): string {
    return `${this.#name}: ${this.#cell.row}, ${this.column}`;
  }

  #start() {
    const { row, column, env } = this.#cell;
    const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
    const args = [...conditions, '--import', 'tsx', program, this.#name, row, column];
    const child = spawn(process.execPath, args, {
      cwd: workbookRoot,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return {
      stdin: child.stdin,
      lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
      closed: once(child, 'close'),
    };
  }
}
