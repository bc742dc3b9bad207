import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Course, Lab } from './course.ts';
import { fingerprint, isUntouched } from './learner-file.ts';
import { CheckRunner } from './runner/check-runner.ts';
import type { LabState, Verdict } from './verdict.ts';

/** The last verdict on a lab, in short, and the state of its files it holds for. */
export interface LabProgress {
  fingerprint: string;
  state: LabState;
  /** Core checks. */
  passed: number;
  total: number;
  /** ISO 8601. */
  at: string;
}

/**
 * What was last known of each lab, in `.workbook/progress.json`: it survives restarts and is never committed.
 * A drill keeps its own, in its own folder.
 */
export class Progress {
  readonly #folder: string;
  readonly #file: string;
  /** A sentence for the learner once the file could not be read and was started afresh. */
  problem: string | undefined;

  constructor(course: Course, folder = join(course.root, '.workbook')) {
    this.#folder = folder;
    this.#file = join(this.#folder, 'progress.json');
    this.#read();
  }

  /** The last verdict on the lab's files as they are now; undefined when they have changed since, or were never judged. */
  current(lab: Lab): LabProgress | undefined {
    const known = this.#read()[lab.id];
    return known && known.fingerprint === fingerprint(lab) ? known : undefined;
  }

  /** Keeps a verdict, whole or not at all. `judged` is the fingerprint of the files when the checks began. */
  record(verdict: Verdict, judged: string): void {
    const core = verdict.checks.filter((check) => !check.stretch);
    const entry: LabProgress = {
      fingerprint: judged,
      state: verdict.state,
      passed: core.filter((check) => check.state === 'passed').length,
      total: core.length,
      at: new Date().toISOString(),
    };
    // Read again first: `npm start` and `npm run lab` may both be running.
    const all = { ...this.#read(), [verdict.lab]: entry };
    mkdirSync(this.#folder, { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(all, null, 2)}\n`);
    renameSync(draft, this.#file);
  }

  #read(): Record<string, LabProgress> {
    if (!existsSync(this.#file)) return {};
    try {
      return parseProgress(readFileSync(this.#file, 'utf8'));
    } catch {
      renameSync(this.#file, join(this.#folder, 'progress.unreadable.json'));
      this.problem =
        'Your progress in .workbook/progress.json could not be read, so it is started afresh; ' +
        'the old file is .workbook/progress.unreadable.json. Your labs are not affected.';
      return {};
    }
  }
}

function parseProgress(text: string): Record<string, LabProgress> {
  const all: unknown = JSON.parse(text);
  if (typeof all !== 'object' || all === null || Array.isArray(all)) throw new SyntaxError('not an object');
  return all as Record<string, LabProgress>;
}

/** The labs whose file passes as it is now. One that was not judged yet is judged first. */
export async function passingLabs(course: Course): Promise<Lab[]> {
  const progress = new Progress(course);
  const runner = new CheckRunner(course);
  const passing: Lab[] = [];
  try {
    for (const lab of course.labs) {
      if (isUntouched(lab)) continue;
      if ((await stateOf(lab, progress, runner)) === 'passed') passing.push(lab);
    }
  } finally {
    await runner.close();
  }
  return passing;
}

async function stateOf(lab: Lab, progress: Progress, runner: CheckRunner): Promise<LabState> {
  const known = progress.current(lab);
  if (known) return known.state;
  const judged = fingerprint(lab);
  const verdict = await runner.check(lab);
  if (judged) progress.record(verdict, judged);
  return verdict.state;
}
