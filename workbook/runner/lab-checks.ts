import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { TestCase, TestRunResult } from 'vitest/node';
import type { Course, Lab } from '../course.ts';
import type { CheckResult, LabState, ListedCheck, Verdict } from '../verdict.ts';
import { labProject, solutionsProject } from '../vitest-projects.ts';
import { ErrorWording } from './describe-error.ts';
import { preflight } from './preflight.ts';
import { QuietVitest } from './quiet-vitest.ts';

/** What a learner's file prints is kept up to here: enough to look for a mistake, not a flood. */
const printedKept = 4_000;

/** Runs the checks of one lab. Opened when the lab is first asked for, and kept: opening takes longer than running. */
export class LabChecks {
  readonly #course: Course;
  readonly #lab: Lab;
  #vitest: Promise<QuietVitest> | undefined;
  #printed = '';

  constructor(course: Course, lab: Lab) {
    this.#course = course;
    this.#lab = lab;
  }

  /** `onRunning` is called when the learner's code is about to be run. */
  async run(onRunning: () => void): Promise<Verdict> {
    const start = performance.now();
    const problem = await preflight(this.#lab);
    const outcome = problem
      ? { state: 'broken' as const, checks: [], problem }
      : await this.#runChecks(onRunning);
    const printed = stripVTControlCharacters(this.#printed);
    return {
      lab: this.#lab.id,
      ...outcome,
      ...(printed && { printed }),
      durationMs: Math.round(performance.now() - start),
    };
  }

  async #runChecks(onRunning: () => void): Promise<Pick<Verdict, 'state' | 'checks' | 'problem'>> {
    this.#vitest ??= QuietVitest.open(this.#project(), {
      runner: join(import.meta.dirname, 'announce.ts'),
      onPrint: (text) => {
        this.#printed = (this.#printed + text).slice(0, printedKept);
      },
    });
    const vitest = await this.#vitest;
    this.#printed = '';
    onRunning();
    return this.#judge(await vitest.run());
  }

  /** The lab's project, with the learner's file wherever it is. */
  #project(): ReturnType<typeof labProject> {
    const project = labProject(this.#course, this.#lab);
    const alias = { [this.#lab.specifier]: this.#lab.stub.replaceAll('\\', '/') };
    return { ...project, resolve: { ...project.resolve, alias } };
  }

  #judge({ testModules, unhandledErrors }: TestRunResult): Pick<Verdict, 'state' | 'checks' | 'problem'> {
    const wording = new ErrorWording(this.#course, this.#lab);
    const [module] = testModules;
    const file = `test/${this.#lab.id}.test.ts`;
    if (!module) return { state: 'broken', checks: [], problem: `${file} is not there.` };
    const [importError] = module.errors();
    if (importError) return { state: 'broken', checks: [], problem: wording.ofImport(importError) };
    const checks = [...module.children.allTests()].map((test) => checkResult(test, wording));
    if (checks.length === 0) return { state: 'broken', checks, problem: `${file} has no check in it.` };
    const failed = checks.some((check) => check.state === 'failed' && !check.stretch);
    // A stub's own `Unfinished` in a callback says nothing that the failed checks do not say.
    const [escaped] = (unhandledErrors as Parameters<ErrorWording['ofEscaped']>[0][]).filter(
      (error) => !(failed && error.name === 'Unfinished'),
    );
    const state: LabState = failed ? 'failing' : escaped ? 'broken' : 'passed';
    return { state, checks, ...(escaped && { problem: wording.ofEscaped(escaped) }) };
  }
}

/** The checks of labs, collected against the solutions, none run. A file that cannot be loaded has none. */
export async function collectChecks(course: Course, labs: Lab[]): Promise<Record<string, ListedCheck[]>> {
  const project = solutionsProject(course);
  // Nothing is run, so files can share a thread, and what they import: three times as fast.
  const vitest = await QuietVitest.open({ ...project, test: { ...project.test, isolate: false } });
  try {
    const { testModules } = await vitest.collect(labs.map((lab) => lab.checks));
    const lists = Object.fromEntries(labs.map((lab): [string, ListedCheck[]] => [lab.id, []]));
    for (const module of testModules) {
      const lab = labs.find(({ id }) => module.moduleId.endsWith(`${id}.test.ts`));
      if (lab) lists[lab.id] = [...module.children.allTests()].map(listed);
    }
    return lists;
  } finally {
    await vitest.close();
  }
}

function listed(test: TestCase): ListedCheck {
  const { check } = test.meta();
  if (!check) throw new Error(`${test.module.relativeModuleId}: "${test.name}" is not made by check()`);
  return { title: test.name, ...check };
}

function checkResult(test: TestCase, wording: ErrorWording): CheckResult {
  const { state, errors } = test.result();
  if (state === 'passed') return { ...listed(test), state };
  if (state !== 'failed' || !errors?.[0]) return { ...listed(test), state: 'waiting' };
  const { drawing } = test.meta();
  return {
    ...listed(test),
    state,
    message: wording.ofCheck(errors[0]),
    ...(errors[0].name === 'Unfinished' && { unfinished: true }),
    ...(drawing && { drawing }),
  };
}
