import { defineConfig } from 'vitest/config';
import { conditionsWithout, readCourse, workbookRoot } from './workbook/course.ts';
import { labProject, solutionsProject } from './workbook/vitest-projects.ts';

const course = readCourse(workbookRoot);
const conditions = [...conditionsWithout(course), 'module', 'node', 'development|production'];

export default defineConfig({
  test: {
    // Most of the time is spent waiting for other processes: a core need not be left free.
    maxWorkers: '100%',
    projects: [
      ...course.labs.map((lab) => labProject(course, lab)),
      solutionsProject(course),
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'workbook',
          include: [
            'test/workbook/*.test.ts',
            'test/support/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/e2e/**/*.test.ts',
          ],
          // Real processes and a real browser: slower than a check, and each file alone with its ports.
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
