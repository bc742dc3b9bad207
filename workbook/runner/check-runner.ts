import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Course, Lab } from '../course.ts';
import type { ListedCheck, Verdict } from '../verdict.ts';
import type { Reply, Request } from './messages.ts';

/** How long the checks may give no sign of life. */
export interface Patience {
  /** Until the first check starts: the learner's file and all it imports are loaded. Milliseconds. */
  importMs: number;
  /** From one check to the next; above vitest's own timeout, which ends a check that merely waits. Milliseconds. */
  checkMs: number;
}

const defaultPatience: Patience = { importMs: 10_000, checkMs: 5_000 };

/** What came of a request, its answer or the reason there is none. */
type Outcome =
  | Extract<Reply, { kind: 'verdict' | 'list' | 'failed' }>
  | { kind: 'silent'; check: string | undefined }
  | { kind: 'ended'; check: string | undefined; stderr: string };

/**
 * Runs the checks of labs in one process of their own, which stays open: a verdict after the first takes
 * about a quarter of a second. A learner's endless loop blocks only that process, which is then ended; the
 * next request starts another.
 */
export class CheckRunner {
  readonly #course: Course;
  readonly #patience: Patience;
  #child: ChildProcess | undefined;
  #stderr = '';
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(course: Course, patience: Patience = defaultPatience) {
    this.#course = course;
    this.#patience = patience;
  }

  /** Judges the learner's file of one lab. Requests are served one after the other. Never rejects. */
  async check(lab: Lab): Promise<Verdict> {
    const start = performance.now();
    const outcome = await this.#inTurn(() => this.#ask({ kind: 'check', lab }));
    if (outcome.kind === 'verdict') return outcome.verdict;
    const durationMs = Math.round(performance.now() - start);
    return { lab: lab.id, state: 'broken', checks: [], problem: problemOf(lab, outcome), durationMs };
  }

  /**
   * The checks of labs without running any, by lab id; none for a lab whose file of checks cannot be loaded.
   *
   * @throws Error when the process ends before it has an answer.
   */
  async list(labs: readonly Lab[] = this.#course.labs): Promise<Record<string, ListedCheck[]>> {
    const outcome = await this.#inTurn(() => this.#ask({ kind: 'list', labs: labs.map(({ id }) => id) }));
    if (outcome.kind === 'list') return outcome.checks;
    if (this.#closed) return {};
    throw new Error(outcome.kind === 'failed' ? outcome.problem : `No checks were listed.\n${this.#stderr}`);
  }

  /** Ends the process. Requests under way or still to come are answered as broken. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(job);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #ask(request: Request): Promise<Outcome> {
    if (this.#closed) return { kind: 'ended', check: undefined, stderr: '' };
    const child = this.#childProcess();
    return new Promise((resolve) => {
      let check: string | undefined;
      let timer: NodeJS.Timeout | undefined;
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        resolve(outcome);
      };
      const waitFor = (ms: number) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          this.#child = undefined;
          child.kill('SIGKILL');
          settle({ kind: 'silent', check });
        }, ms);
      };
      const onMessage = (reply: Reply) => {
        if (reply.kind === 'running') return waitFor(this.#patience.importMs);
        if (reply.kind !== 'started') return settle(reply);
        check = reply.check;
        waitFor(this.#patience.checkMs);
      };
      const onExit = () => settle({ kind: 'ended', check, stderr: this.#stderr });
      child.on('message', onMessage).on('exit', onExit);
      // A process that has just ended cannot be sent to; `exit` is then on its way.
      child.send(request, () => {});
    });
  }

  #childProcess(): ChildProcess {
    if (this.#child) return this.#child;
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const child = fork(join(import.meta.dirname, 'child.ts'), [this.#course.root], {
      execArgv: ['--import', tsx],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#stderr = '';
    child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-4_000);
    });
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
    return child;
  }
}

/** The checks of every lab of a course, for pages that are built without a learner. */
export async function listChecks(course: Course): Promise<Record<string, ListedCheck[]>> {
  const runner = new CheckRunner(course);
  try {
    return await runner.list();
  } finally {
    await runner.close();
  }
}

function problemOf({ file }: Lab, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'silent':
      return outcome.check === undefined
        ? `${file} never finished loading: an endless loop at its top level.`
        : `${file} never came back in the check "${outcome.check}": an endless loop.`;
    case 'ended': {
      const memory = outcome.stderr.includes('out of memory') || outcome.stderr.includes('heap limit');
      const why = memory ? 'it used up all memory' : 'the process that ran it ended';
      return `${file} ended its own check: ${why}${outcome.check ? ` in "${outcome.check}"` : ''}.`;
    }
    case 'failed':
      return `The checks of ${file} could not be run: ${outcome.problem}`;
    default:
      throw new Error(`The process that runs the checks answered a question nobody asked: ${outcome.kind}`);
  }
}
