import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import type { Course, Lab } from '../course.ts';
import { writeStub } from '../learner-file.ts';
import type { Verdict } from '../verdict.ts';
import { type Attempt, attemptWords, drillsFolder, keepAttempt } from './attempts.ts';
import { localTime, minutesAndSeconds, minutesWord } from './times.ts';

const minuteMs = 60_000;

/** So that an editor knows the types: the folder is in no other project. */
const editorProject = {
  extends: '../../tsconfig.json',
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  include: ['**/*.ts'],
};

/**
 * A lab from its fresh stub under a clock, in a scratch copy that is kept. The clock informs and never cuts
 * off. The learner's own file is neither read nor written.
 */
export class Drill {
  /** Absolute: the scratch copy and what came of it. */
  readonly folder: string;
  /** The lab, with the scratch copy for the learner's file. */
  readonly lab: Lab;
  /** This lab alone: the watch judges no other. */
  readonly course: Course;
  readonly #minutes: number;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #attempt: Attempt | undefined;

  /** Writes the fresh stub and starts the clock. `minutes`: how long is allowed. */
  constructor(course: Course, lab: Lab, minutes: number, clock = systemClock) {
    this.#minutes = minutes;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.folder = newFolder(course, `${localTime(this.#startedAt).slice(0, 10)}-${lab.number}`);
    const stub = join(this.folder, `${lab.id}.ts`);
    const file = relative(course.root, stub).replaceAll('\\', '/');
    this.lab = { ...lab, stub, file, reset: 'The key r' };
    this.course = { root: course.root, labs: [this.lab] };
    writeStub(this.lab);
    writeFileSync(join(dirname(this.folder), 'tsconfig.json'), `${JSON.stringify(editorProject, null, 2)}\n`);
  }

  /** Keeps what came of the drill up to this verdict: whenever the drill ends, the record is there. */
  record(verdict: Verdict): void {
    const core = verdict.checks.filter(({ stretch }) => !stretch);
    const passedAfterMs =
      this.#attempt?.passedAfterMs ?? (verdict.state === 'passed' ? this.#elapsed() : undefined);
    this.#attempt = {
      lab: this.lab.id,
      startedAt: new Date(this.#startedAt).toISOString(),
      minutes: this.#minutes,
      passed: core.filter(({ state }) => state === 'passed').length,
      total: core.length,
      ...(passedAfterMs !== undefined && { passedAfterMs }),
    };
    keepAttempt(this.folder, this.#attempt);
  }

  /** `23 of 30 minutes left`; once they are over, by how much. */
  timeLeft(): string {
    const leftMs = this.#minutes * minuteMs - this.#elapsed();
    if (leftMs > 0) return `${Math.ceil(leftMs / minuteMs)} of ${minutesWord(this.#minutes)} left`;
    const over = Math.floor(-leftMs / minuteMs);
    const by = over > 0 ? ` by ${minutesWord(over)}` : '';
    return `${minutesWord(this.#minutes)}, over${by}; nothing is cut off`;
  }

  /** `21:07`, once all core checks have passed: how long it took until they first did. */
  get passedAfter(): string | undefined {
    const ms = this.#attempt?.passedAfterMs;
    return ms === undefined ? undefined : minutesAndSeconds(ms);
  }

  /** What came of it, in words; undefined before the first verdict. */
  get result(): string | undefined {
    return this.#attempt && attemptWords(this.#attempt);
  }

  /** Calls `listener` at each full minute of the drill. Returns what ends that. */
  eachMinute(listener: () => void): () => void {
    let timer: unknown;
    const wait = () => {
      timer = this.#clock.setTimeout(
        () => {
          listener();
          wait();
        },
        minuteMs - (this.#elapsed() % minuteMs),
      );
    };
    wait();
    return () => this.#clock.clearTimeout(timer);
  }

  #elapsed(): number {
    return this.#clock.now() - this.#startedAt;
  }
}

/** A new folder of this name; the second drill of a lab on one day gets `-2`. */
function newFolder(course: Course, name: string): string {
  const stem = join(drillsFolder(course), name);
  let folder = stem;
  // It returns undefined when there was nothing to make.
  for (let count = 2; mkdirSync(folder, { recursive: true }) === undefined; count++)
    folder = `${stem}-${count}`;
  return folder;
}
