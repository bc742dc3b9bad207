import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One lab: a stub, a solution, checks and a page that share a stem. */
export interface Lab {
  /** The stem of its four files: `03-frames`. */
  id: string;
  /** Its two digits: `03`. */
  number: string;
  /** The subpath import by which every lab reaches it: `#labs/03-frames`. */
  specifier: string;
  /** The condition under which that import is the reference: `solution-03`. */
  condition: string;
  /** The learner's file as it is said to them, relative to the course: `labs/03-frames.ts`. */
  file: string;
  /** What puts a fresh stub there, in words. */
  reset: string;
  /** Absolute paths. `stub` is the learner's file; a drill has it elsewhere. */
  stub: string;
  solution: string;
  checks: string;
  page: string;
}

/** A folder with labs in it. The workbook is one; its own tests use a tiny other one. */
export interface Course {
  root: string;
  labs: Lab[];
}

/** Reads the course from the one place that lists its labs: `imports` in package.json. */
export function readCourse(root: string): Course {
  const { imports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports?: Record<string, unknown>;
  };
  const labs = Object.keys(imports)
    .filter((specifier) => specifier.startsWith('#labs/'))
    .sort()
    .map((specifier): Lab => {
      const id = specifier.slice('#labs/'.length);
      const number = id.slice(0, 2);
      return {
        id,
        number,
        specifier,
        condition: `solution-${number}`,
        file: `labs/${id}.ts`,
        reset: `\`npm run lab reset ${number}\``,
        stub: join(root, 'labs', `${id}.ts`),
        solution: join(root, 'solutions', `${id}.ts`),
        checks: join(root, 'test', `${id}.test.ts`),
        page: join(root, 'docs', 'labs', `${id}.md`),
      };
    });
  return { root, labs };
}

/** The workbook's own root folder. */
export const workbookRoot = resolve(import.meta.dirname, '..');

/** Finds a lab by what a person types: `3`, `03` or `03-frames`. */
export function findLab(course: Course, wanted: string): Lab | undefined {
  const number = wanted.padStart(2, '0');
  return course.labs.find((lab) => lab.id === wanted || lab.number === number);
}

/** The conditions under which every lab but those given is the reference. */
export function conditionsWithout(course: Course, mine: readonly Lab[] = []): string[] {
  return course.labs.filter((lab) => !mine.some(({ id }) => id === lab.id)).map((lab) => lab.condition);
}

/** True once the learner's file exists; a lab whose stub was deleted counts as not begun. */
export function hasStub(lab: Lab): boolean {
  return existsSync(lab.stub);
}
