import type { TestModule } from 'vitest/node';
import type { Course } from '../course.ts';
import { QuietVitest } from '../runner/quiet-vitest.ts';
import { programProject } from '../vitest-projects.ts';
import type { Program } from './program.ts';

/** What the checks said of one program. */
export interface Outcome {
  program: Program;
  /** The core checks it fails, in the order of the file. */
  fails: string[];
  /** Why it could not be judged at all. */
  problem?: string;
}

/** Runs each program against its lab's checks: one vitest, one project a program. */
export async function runPrograms(course: Course, programs: Program[]): Promise<Outcome[]> {
  const projectName = ({ lab, name }: Program) => `${lab.id}/${name}`;
  const projects = programs.map((program) =>
    programProject(course, program.lab, projectName(program), program.path),
  );
  const vitest = await QuietVitest.open({ test: { root: course.root, projects } });
  try {
    const { testModules } = await vitest.run();
    return programs.map((program) => {
      const module = testModules.find(({ project }) => project.name === projectName(program));
      return { program, ...judge(module) };
    });
  } finally {
    await vitest.close();
  }
}

function judge(module: TestModule | undefined): Omit<Outcome, 'program'> {
  if (!module) return { fails: [], problem: 'its lab has no checks' };
  const [error] = module.errors();
  if (error) return { fails: [], problem: error.message };
  const tests = [...module.children.allTests()];
  const failed = tests.filter((test) => test.result().state === 'failed' && !test.meta().check?.stretch);
  return { fails: failed.map(({ name }) => name) };
}
