import { posix } from 'node:path';
import type { Plugin, TestProjectInlineConfiguration } from 'vitest/config';
import type { Course, Lab } from '../course.ts';
import { exportsOf } from '../runner/preflight.ts';
import { labProject } from '../vitest-projects.ts';
import { coreChecksOnly } from './core-checks-only.ts';
import { readPrograms } from './program.ts';

/** No program is known by a check that waits in vain: each ends by itself, sooner or later. */
const patienceMs = 15_000;

const judged = '\0judged-program';
/** Behind the path of a program: its own code, and not its lab's checks. */
const itself = '?itself';

/** The lab's checks against each of its programs, in place of the learner's file: one test file a program. */
export function programsProject(course: Course, lab: Lab): TestProjectInlineConfiguration {
  const base = labProject(course, lab);
  return {
    ...base,
    plugins: [programsAsTestFiles(course, lab)],
    test: {
      ...base.test,
      include: [`test/programs/${lab.id}/*.ts`],
      // What a stretch check says of a program is not asked for, and those take long.
      env: { [coreChecksOnly]: 'true' },
      // A busy machine is no mistake of the program's.
      testTimeout: patienceMs,
    },
  };
}

/**
 * Lets vitest take a lab's programs for test files. In each stand the lab's checks, and in those
 * `#labs/NN-name` is the program itself. So the programs of a lab share one server, which transforms the
 * checks, and all that they import, once; an alias a program would need a server for each.
 */
function programsAsTestFiles(course: Course, lab: Lab): Plugin {
  const programs = new Set(readPrograms(course, lab).map(({ path }) => path.replaceAll('\\', '/')));
  return {
    name: 'programs-as-test-files',
    enforce: 'pre',
    resolveId(id, importer) {
      if (id === lab.specifier) return judged;
      if (!importer?.endsWith(itself) || !id.startsWith('./')) return undefined;
      // A program may build on another.
      return posix.join(posix.dirname(importer), id) + itself;
    },
    async load(id) {
      if (programs.has(id)) return `import ${JSON.stringify(lab.checks.replaceAll('\\', '/'))};`;
      if (id !== judged) return undefined;
      const { names } = await exportsOf(lab.solution);
      // Evaluated in a worker, which knows what it runs.
      return `import { expect } from 'vitest';
        export const { ${names.join(', ')} } = await import(expect.getState().testPath + '${itself}');`;
    },
  };
}
