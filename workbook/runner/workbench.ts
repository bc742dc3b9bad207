import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type Course, hasStub, type Lab } from '../course.ts';
import { fingerprint, isUntouched } from '../learner-file.ts';
import { type Mistakes, readMistakes, recogniseMistake } from '../mistakes.ts';
import { Progress } from '../progress.ts';
import type { ListedCheck, Verdict } from '../verdict.ts';
import { CheckRunner } from './check-runner.ts';

/** Editors write a file in several steps, or write another and rename it: one save, many events. */
const settleMs = 40;

interface WorkbenchEvents {
  /** A lab's checks are about to run. `lab` is its id: `03-frames`. */
  checking: [{ lab: string }];
  verdict: [{ verdict: Verdict }];
}

/**
 * The labs under the learner's hands: judges every lab once, then each file that is saved, and remembers
 * the verdicts. The terminal and the site both listen to one.
 */
export class Workbench extends EventEmitter<WorkbenchEvents> {
  readonly course: Course;
  /** The last verdict on each lab by its id, in the order of the course once `start` has resolved. */
  readonly verdicts = new Map<string, Verdict>();
  readonly progress: Progress;
  readonly #runner: CheckRunner;
  readonly #mistakes: Mistakes;
  /** Fingerprints of what was judged: a save that changes nothing is no news. */
  readonly #judged = new Map<string, string | undefined>();
  readonly #settling = new Map<string, NodeJS.Timeout>();
  readonly #underWay = new Map<string, Promise<Verdict>>();
  readonly #checks = new Map<string, ListedCheck[]>();
  #watcher: FSWatcher | undefined;
  #closed = false;

  constructor(course: Course, progress = new Progress(course)) {
    super();
    this.course = course;
    this.#runner = new CheckRunner(course);
    this.progress = progress;
    this.#mistakes = readMistakes(course);
  }

  /** Starts to watch, and judges all labs in order. Resolves when each has a verdict. */
  async start(): Promise<void> {
    await this.watch();
    await this.#list(this.course.labs.filter(isUntouched));
    for (const lab of this.course.labs) if (!this.#closed) await this.judge(lab);
  }

  /** Judges each file that is saved once this has resolved, and none before. */
  async watch(): Promise<void> {
    const folders = [...new Set(this.course.labs.map(({ stub }) => dirname(stub)))];
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    this.#watcher = watch(folders, { ignoreInitial: true, depth: 0 });
    this.#watcher.on('all', (_event, path) => this.#saved(path));
    await once(this.#watcher, 'ready');
  }

  /** Judges a lab's file as it is now. A fresh stub needs no run: all its checks wait. */
  async judge(lab: Lab): Promise<Verdict> {
    const before = fingerprint(lab);
    this.#judged.set(lab.id, before);
    const judging = this.#verdictOn(lab);
    this.#underWay.set(lab.id, judging);
    return this.#publish(await judging, before);
  }

  /** Stops watching and ends the process that runs the checks. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#settling.values()) clearTimeout(timer);
    await this.#watcher?.close();
    await this.#runner.close();
  }

  #saved(path: string): void {
    const lab = this.course.labs.find(({ stub }) => basename(stub) === basename(path));
    if (!lab) return;
    clearTimeout(this.#settling.get(lab.id));
    this.#settling.set(
      lab.id,
      setTimeout(() => void this.#judgeIfNew(lab), settleMs),
    );
  }

  /** Many saves during one long run are judged once, when it has ended. */
  async #judgeIfNew(lab: Lab): Promise<void> {
    await this.#underWay.get(lab.id);
    const isNew = !this.#judged.has(lab.id) || this.#judged.get(lab.id) !== fingerprint(lab);
    if (isNew && !this.#closed) await this.judge(lab);
  }

  #publish(verdict: Verdict, judged: string | undefined): Verdict {
    // A verdict on a file that was saved again meanwhile is out of date; the next one is on its way.
    if (this.#closed || this.#judged.get(verdict.lab) !== judged) return verdict;
    this.verdicts.set(verdict.lab, verdict);
    if (judged !== undefined) this.progress.record(verdict, judged);
    this.emit('verdict', { verdict });
    return verdict;
  }

  async #verdictOn(lab: Lab): Promise<Verdict> {
    if (hasStub(lab) && isUntouched(lab)) {
      return { lab: lab.id, state: 'untouched', checks: await this.#waiting(lab), durationMs: 0 };
    }
    this.emit('checking', { lab: lab.id });
    const verdict = await this.#runner.check(lab);
    const mistake = recogniseMistake(this.#mistakes, verdict);
    const checks = verdict.checks.length > 0 ? verdict.checks : await this.#waiting(lab);
    return { ...verdict, checks, ...(mistake && { mistake }) };
  }

  async #waiting(lab: Lab): Promise<Verdict['checks']> {
    await this.#list([lab]);
    return (this.#checks.get(lab.id) ?? []).map((check) => ({ ...check, state: 'waiting' as const }));
  }

  /** Learns the checks of labs that need no run, or cannot be run. */
  async #list(labs: Lab[]): Promise<void> {
    const unknown = labs.filter(({ id }) => !this.#checks.has(id));
    if (unknown.length === 0 || this.#closed) return;
    for (const [id, checks] of Object.entries(await this.#runner.list(unknown))) this.#checks.set(id, checks);
  }
}
