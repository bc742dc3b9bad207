import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { conditionsWithout, readCourse, workbookRoot } from './workbook/course.ts';
import { labProject, solutionsProject } from './workbook/vitest-projects.ts';

const course = readCourse(workbookRoot);
const conditions = [...conditionsWithout(course), 'module', 'node', 'development|production'];

/** A project of the workbook's own tests. */
function own(
  name: string,
  include: string[],
  options: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    // Real processes and sockets: slower than a check, and each file alone with its ports.
    test: { name, include, pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000, ...options },
  };
}

export default defineConfig({
  test: {
    // Most of the time is spent waiting for other processes: a core need not be left free.
    maxWorkers: '100%',
    projects: [
      ...course.labs.map((lab) => labProject(course, lab)),
      solutionsProject(course),
      own('workbook', [
        'test/workbook/*.test.ts',
        'test/support/**/*.test.ts',
        'test/conformance/**/*.test.ts',
      ]),
      // Whole programs and real browsers, as a person would start them: minutes, so the gate runs them.
      // On a clean machine one may have a second try: its output says so, and the first failure.
      own('e2e', ['test/e2e/**/!(lighthouse).test.ts'], {
        retry: process.env.CI ? 1 : 0,
        globalSetup: 'test/e2e/built-site-server.ts',
      }),
      // After all others, by itself: it measures how soon a page is there.
      own('lighthouse', ['test/e2e/lighthouse.test.ts'], {
        globalSetup: 'test/e2e/built-site-server.ts',
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
