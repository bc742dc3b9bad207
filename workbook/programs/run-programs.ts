import { availableParallelism } from 'node:os';
import type { TestModule } from 'vitest/node';
import type { Course } from '../course.ts';
import { QuietVitest } from '../runner/quiet-vitest.ts';
import type { Program } from './program.ts';
import { programsProject } from './programs-project.ts';

/** What the checks said of one program. */
export interface Outcome {
  program: Program;
  /** The core checks it fails, in the order of the file. */
  fails: string[];
  /** Why it could not be judged at all. */
  problem?: string;
}

/** Runs each program against its lab's checks: one vitest, a project a lab, a worker thread a program. */
export async function runPrograms(course: Course, programs: Program[]): Promise<Outcome[]> {
  const labs = new Set(programs.map(({ lab }) => lab));
  const projects = [...labs].map((lab) => programsProject(course, lab));
  // By itself vitest would leave a core free.
  const test = { root: course.root, projects, maxWorkers: availableParallelism() };
  const vitest = await QuietVitest.open({ test });
  try {
    const { testModules } = await vitest.run();
    return programs.map((program) => {
      const path = `test/programs/${program.lab.id}/${program.name}.ts`;
      const module = testModules.find(({ relativeModuleId }) => relativeModuleId === path);
      return { program, ...judge(module) };
    });
  } finally {
    await vitest.close();
  }
}

function judge(module: TestModule | undefined): Omit<Outcome, 'program'> {
  if (!module) return { fails: [], problem: 'its checks were not run' };
  const [error] = module.errors();
  if (error) return { fails: [], problem: error.message };
  const tests = [...module.children.allTests()];
  const failed = tests.filter((test) => test.result().state === 'failed' && !test.meta().check?.stretch);
  return { fails: failed.map(({ name }) => name) };
}
