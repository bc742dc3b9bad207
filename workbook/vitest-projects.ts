import { configDefaults, type TestProjectInlineConfiguration } from 'vitest/config';
import { type Course, conditionsWithout, type Lab } from './course.ts';

/** Conditions Vite uses by itself; setting `resolve.conditions` replaces them. */
const viteConditions = ['module', 'node', 'development|production'];

/** A lab's checks are pure and quick; a check that takes longer than this hangs on something. */
const checkTimeoutMs = 2_000;

function project(
  course: Course,
  name: string,
  include: string[],
  conditions: string[],
): TestProjectInlineConfiguration {
  const all = [...conditions, ...viteConditions];
  return {
    resolve: { conditions: all },
    ssr: { resolve: { conditions: all } },
    test: {
      name,
      root: course.root,
      include,
      exclude: configDefaults.exclude,
      // Threads: ending the process that runs the checks ends a learner's endless loop with it.
      pool: 'threads',
      testTimeout: checkTimeoutMs,
    },
  };
}

/** The learner's file of one lab against its checks, with the reference for every other lab. */
export function labProject(course: Course, lab: Lab): TestProjectInlineConfiguration {
  return project(course, `lab-${lab.number}`, [`test/${lab.id}.test.ts`], conditionsWithout(course, [lab]));
}

/** Every lab's checks against the solutions. */
export function solutionsProject(course: Course): TestProjectInlineConfiguration {
  return project(course, 'solutions', ['test/[0-9][0-9]-*.test.ts'], conditionsWithout(course));
}
